/** The enforcement log on the wire: what changed, in the order in which it committed. */
import { z } from 'zod'
import { controlLossChoices, epoch, idOf, nonce, seq, timestamp } from './shapes.js'

export const enforcementKinds = [
  'credential.created',
  'credential.killed',
  'credential.resumed',
  'credential.rotated',
  'credential.revoked',
  'credential.expiry_changed',
  'credential.policy_changed',
  'policy.replaced',
  'database.changed',
  'database.deleted',
  'project.changed',
  'project.deleted',
] as const
export type EnforcementKind = (typeof enforcementKinds)[number]

/** One change. `hash` chains it to the one before (SHA-256, hex). No event carries a secret. */
export const enforcementEvent = z.strictObject({
  seq,
  kind: z.enum(enforcementKinds),
  project_id: idOf('ProjectId'),
  credential_id: idOf('CredentialId').optional(),
  policy_id: idOf('PolicyId').optional(),
  database_id: idOf('DatabaseId').optional(),
  /** With `credential.expiry_changed`: the new instant, or null for none. */
  expires_at: timestamp.nullable().optional(),
  /** With `project.changed`: from where its credentials may connect from now on; empty means from anywhere. */
  allowed_cidrs: z.array(z.string()).optional(),
  /** With `project.changed`: whether the project's kill switch is thrown from now on, so that none of its credentials is served. */
  agents_disabled: z.boolean().optional(),
  /** With `project.changed` or `database.changed`: the default policy from now on, of applications that use the stored user; null for none. */
  default_policy_id: idOf('PolicyId').nullable().optional(),
  /** With `project.changed`: whether such applications are served by a proxy that has lost its control plane. */
  on_control_loss: z.enum(controlLossChoices).optional(),
  /** With `database.changed`: nothing else changed than what these applications may do, and sessions of credentials go on. */
  passthrough_only: z.literal(true).optional(),
  /** W3C trace context of the call that made the change, so that its enforcement is part of the same trace. */
  traceparent: z.string().max(64).optional(),
  at: timestamp,
  hash: z.string().length(64),
})
export type EnforcementEvent = z.infer<typeof enforcementEvent>

/** `enforcement-batch`: events that follow each other, the first one right behind `prev_seq`. */
export const enforcementBatch = z.strictObject({
  epoch,
  prev_seq: seq,
  events: z.array(enforcementEvent).max(1000),
})
export type EnforcementBatch = z.infer<typeof enforcementBatch>

export const sinceRequest = z.strictObject({ nonce, incarnation: idOf('IncarnationId'), epoch, after_seq: seq })
/** `complete: false` means that the log no longer reaches back to `after_seq`, or that the epoch is another: start over. */
export const sinceReply = z.strictObject({
  nonce,
  epoch,
  head_seq: seq,
  complete: z.boolean(),
  events: z.array(enforcementEvent).max(1000),
})
export type SinceRequest = z.infer<typeof sinceRequest>
export type SinceReply = z.infer<typeof sinceReply>
