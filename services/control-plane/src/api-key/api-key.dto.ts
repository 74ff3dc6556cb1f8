import { z } from 'zod'
import { permissions } from '../access/permission.js'
import type { ApiKey } from '../generated/prisma/client.js'
import { tagged } from '../platform/http/etag.js'
import { cidr, id, page, text } from '../platform/http/fields.js'
import { asJson } from '../platform/http/openapi-schemas.js'

export const lifetimesDays = [30, 90, 365] as const
const DAY_MS = 86_400_000
const DAY_S = 86_400
const graceSecondsMax = 30 * DAY_S

export const createKey = z.strictObject({
  name: text(100),
  expires_in_days: z
    .union(
      lifetimesDays.map((days) => z.literal(days)),
      { error: 'must be 30, 90, 365 or null (for a key that does not expire)' },
    )
    .nullable(),
  scopes: z.array(z.enum(permissions)).max(permissions.length).default([]).describe('permissions that the key is held to; empty for all that its owner has'),
  project_ids: z.array(id('ProjectId')).max(100).default([]).describe('projects that the key is held to; empty for all'),
  allowed_cidrs: z.array(cidr).max(50).default([]).describe('addresses that the key may be used from; empty for all'),
}).meta({ id: 'CreateApiKey' })
export type CreateKey = z.output<typeof createKey>

export const patchKey = z.strictObject({ name: text(100) }).meta({ id: 'ChangeApiKey' })
export type PatchKey = z.output<typeof patchKey>

export const rotateKey = z.strictObject({
  grace_seconds: z.int().min(0).max(graceSecondsMax).default(0).describe('for how long the old key goes on working beside the new one; 0 ends it at once'),
}).meta({ id: 'RotateApiKey' })
export type RotateKey = z.output<typeof rotateKey>

export const keyStatuses = ['active', 'expired', 'revoked'] as const
export const listKeys = z.strictObject({
  ...page,
  status: z.enum(keyStatuses).optional(),
  unused_for_days: z
    .string()
    .regex(/^[1-9][0-9]{0,3}$/, { error: 'must be a number of days from 1 to 3650' })
    .transform(Number)
    .pipe(z.int().max(3650))
    .optional()
    .meta({ ...asJson({ type: 'integer', minimum: 1, maximum: 3650 }), description: 'only active keys that nobody has used for so long' }),
})
export type ListKeys = z.output<typeof listKeys>

export const usageQuery = z.strictObject({
  days: z
    .string()
    .regex(/^[1-9][0-9]{0,2}$/, { error: 'must be a number of days from 1 to 366' })
    .transform(Number)
    .pipe(z.int().max(366))
    .default(30)
    .meta(asJson({ type: 'integer', minimum: 1, maximum: 366, default: 30 })),
})
export type UsageQuery = z.output<typeof usageQuery>

export const keyView = z.strictObject({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['personal', 'organization']),
  organization_id: z.string().nullable(),
  user_id: z.string().nullable(),
  prefix: z.string(),
  tail: z.string(),
  scopes: z.array(z.enum(permissions)),
  project_ids: z.array(z.string()),
  allowed_cidrs: z.array(z.string()),
  status: z.enum(keyStatuses),
  expires_at: z.iso.datetime().nullable(),
  last_used_at: z.iso.datetime().nullable(),
  last_used_ip: z.string().nullable(),
  last_used_via: z.enum(['authorization', 'x-api-key']).nullable().describe('the header that carried it'),
  last_used_agent: z.string().nullable().describe('the User-Agent that sent it'),
  replaced_by: z.string().nullable().describe('the key that a rotation put in its place'),
  created_by: z.string().nullable(),
  created_at: z.iso.datetime(),
  revoked_at: z.iso.datetime().nullable(),
}).meta({ id: 'ApiKey' })
export type KeyView = z.infer<typeof keyView>

export const keyList = z.strictObject({ api_keys: z.array(keyView), next_page_token: z.string().nullable() }).meta({ id: 'ApiKeyList' })
export const issuedKey = z.strictObject({ api_key: keyView, key: z.string().describe('shown once') }).meta({ id: 'IssuedApiKey' })
export const rotatedKey = z.strictObject({ ...issuedKey.shape, replaced: keyView.describe('the old key, and when it ends') }).meta({ id: 'RotatedApiKey' })

export const keyReceipt = z.strictObject({
  seq: z.int(),
  enforced: z.boolean(),
  elapsed_ms: z.int().describe('from the commit until every replica had acknowledged, or outlived its lease; in a pending receipt until now'),
  proxies: z.array(z.strictObject({})).max(0).describe('empty: no proxy knows of keys'),
  replicas: z.array(
    z.strictObject({
      id: z.string(),
      acknowledged: z.boolean(),
      acknowledged_ms: z.int().nullable().describe('from the commit until the replica that made the change heard it; null: not acknowledged, or not heard by that one'),
      fenced: z.boolean().describe('it could not be heard, and its lease is over: it asks the database about every key'),
    }),
  ).describe('processes of the control plane that remember keys'),
  missing: z.array(z.string()).describe('replicas that may still take the key for what it was before'),
}).meta({ id: 'ApiKeyReceipt' })
export const rotatedWithReceipt = z.strictObject({ ...keyReceipt.shape, ...rotatedKey.shape }).meta({ id: 'RotatedApiKeyWithReceipt' })

export const usageView = z.strictObject({
  last_used_at: z.iso.datetime().nullable(),
  last_used_ip: z.string().nullable(),
  last_used_via: keyView.shape.last_used_via,
  last_used_agent: z.string().nullable(),
  usage: z.array(z.strictObject({ date: z.iso.date(), method: z.string(), route: z.string(), requests: z.int(), failures: z.int().describe('of these, answered with a 4xx or 5xx') })),
}).meta({ id: 'ApiKeyUsage' })
export type UsageView = z.infer<typeof usageView>

export const keyEventList = z.strictObject({
  events: z.array(
    z.strictObject({
      seq: z.int(),
      event: z.string(),
      actor_id: z.string().nullable().describe('the key or person who did it; null where a rule or the passing of time did'),
      actor_ip: z.string().nullable(),
      detail: z.record(z.string(), z.unknown()),
      at: z.iso.datetime(),
    }),
  ),
  next_page_token: z.string().nullable(),
}).meta({ id: 'ApiKeyEventList' })
export const listKeyEvents = z.strictObject(page)
export type ListKeyEvents = z.output<typeof listKeyEvents>

export const expiryOf = (days: number | null, from: Date): Date | null => (days === null ? null : new Date(from.getTime() + days * DAY_MS))

export function statusOf(row: ApiKey, now = new Date()): KeyView['status'] {
  if (row.revokedAt) return 'revoked'
  return row.expiresAt && row.expiresAt <= now ? 'expired' : 'active'
}

export function toKeyView(row: ApiKey): KeyView {
  return tagged(row, {
    id: row.id,
    name: row.name,
    kind: row.kind as KeyView['kind'],
    organization_id: row.organizationId,
    user_id: row.userId,
    prefix: row.prefix,
    tail: row.tail,
    scopes: row.scopes as KeyView['scopes'],
    project_ids: row.projectIds,
    allowed_cidrs: row.allowedCidrs,
    status: statusOf(row),
    expires_at: row.expiresAt?.toISOString() ?? null,
    last_used_at: row.lastUsedAt?.toISOString() ?? null,
    last_used_ip: row.lastUsedIp,
    last_used_via: row.lastUsedVia as KeyView['last_used_via'],
    last_used_agent: row.lastUsedAgent,
    replaced_by: row.replacedBy,
    created_by: row.createdBy,
    created_at: row.createdAt.toISOString(),
    revoked_at: row.revokedAt?.toISOString() ?? null,
  })
}
