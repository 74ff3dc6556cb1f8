/** How a proxy process joins, shows that it is there, says what it has enforced, and leaves. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { databaseTarget, epoch, idOf, nonce, okpPublicJwk, seq, timestamp } from './shapes.js'

/** Sent unsigned as `{"nonce"}`: nobody is known yet. */
export const helloRequest = z.strictObject({ nonce })
/** Signed by the key whose thumbprint stands in the join token; `encryption_key` is where that token may be sent to. */
export const helloReply = z.strictObject({ nonce, signing_key: okpPublicJwk, encryption_key: okpPublicJwk })

/** Signed with the very key it registers. `token_jwe` is the join token, encrypted to the control plane. */
export const enrolRequest = z.strictObject({
  nonce,
  incarnation: idOf('IncarnationId'),
  version: z.string().max(100),
  signing_key: okpPublicJwk,
  encryption_key: okpPublicJwk,
  token_jwe: z.string().max(4000),
  /** Where clients reach this proxy, for `GET /proxies` and the first screen. */
  address: z.string().max(300),
})
export const enrolReply = z.strictObject({
  nonce,
  proxy_id: z.string(),
  epoch,
  head_seq: seq,
  db_time: timestamp,
  /** JWE to the proxy's encryption key; see `fleetSecrets`. */
  secrets_jwe: z.string(),
})
/** What every proxy of a cluster shares, base64url: the salt secret of SCRAM, and the key under which proxies talk to each other. */
export const fleetSecrets = z.strictObject({ salt_secret: z.string().min(43), fleet_key: z.string().min(43) })
export type EnrolRequest = z.infer<typeof enrolRequest>
export type EnrolReply = z.infer<typeof enrolReply>

/** `n` grows with each renewal of an incarnation, so an old one repeated by somebody counts for nothing. */
export const renewRequest = z.strictObject({
  nonce,
  incarnation: idOf('IncarnationId'),
  n: z.int().positive(),
  epoch,
  applied_seq: seq,
  /** Sessions open now, by project. */
  sessions: z.record(z.string(), z.int().nonnegative()),
  /** Credentials that logged in since the last renewal that was answered. */
  used: z.array(z.strictObject({ credential_id: idOf('CredentialId'), at: timestamp })).max(1000),
  /**
   * Where the renewal before was refused with `SHOW_LOG_END`: a text that the control plane signed and that shows the log further
   * than it is now. Without it nobody believes that.
   */
  evidence: z.string().max(900_000).optional(),
})
/** The refusal of a renewal that claims more of the log than there is. */
export const SHOW_LOG_END = 'SHOW_LOG_END'
/** `lease_ms`: for so long after it was asked for (nine tenths of it, at the proxy), once `head_seq` is applied. `renew_ms`: how often to ask. */
export const renewReply = z.strictObject({ nonce, epoch, head_seq: seq, db_time: timestamp, lease_ms: z.int().positive(), renew_ms: z.int().positive() })
export type RenewRequest = z.infer<typeof renewRequest>
export type RenewReply = z.infer<typeof renewReply>

/** What a proxy counts is stored with that of others: a figure that does not fit would keep theirs from being stored too. */
const count = z.int().nonnegative().max(2_147_483_647)

/** Of so many events, at most, one acknowledgement tells: as many as come in one batch. */
export const countedEventsMax = 1000
/**
 * Everything up to `applied_seq` is enforced. `counted`: what the events behind `after_seq`, up to `applied_seq`, ended: those
 * that stand in `ended` so much, the others nothing. A later word says it no other way: sessions are counted when they are ended.
 */
export const ack = z
  .strictObject({
    incarnation: idOf('IncarnationId'),
    epoch,
    applied_seq: seq,
    counted: z
      .strictObject({
        after_seq: seq,
        ended: z.array(z.strictObject({ seq, sessions_dropped: count, statements_cancelled: count })).max(countedEventsMax),
      })
      .optional(),
  })
  .refine(({ applied_seq: upTo, counted }) => counted === undefined || (counted.after_seq <= upTo && counted.ended.every((one) => one.seq > counted.after_seq && one.seq <= upTo)), {
    message: 'it counts events that it does not acknowledge',
  })
export type Ack = z.infer<typeof ack>
export type Counted = NonNullable<Ack['counted']>
export type CountedEvent = Counted['ended'][number]

/** How many of the credentials and addresses of one report. */
export const staleCredentialsMax = 200
export const staleAddressesMax = 10
/** `n` grows with each report of an incarnation. One that was not answered is sent again with its number, and counted once. */
export const staleRequest = z.strictObject({
  nonce,
  incarnation: idOf('IncarnationId'),
  n: z.int().positive(),
  attempts: z
    .array(
      z.strictObject({
        credential_id: idOf('CredentialId'),
        attempts: count.positive(),
        first_at: timestamp,
        last_at: timestamp,
        /** From where, the latest first. */
        addresses: z.array(z.string().max(64)).min(1).max(staleAddressesMax),
      }),
    )
    .min(1)
    .max(staleCredentialsMax),
})
export const staleReply = z.strictObject({ nonce })
export type StaleRequest = z.infer<typeof staleRequest>

export const leave = z.strictObject({ incarnation: idOf('IncarnationId') })

/** A backend of a database: its number there, and when it was asked for, on the control database's clock. Numbers are used again. */
const backend = { pid: z.int().min(1).max(2_147_483_647), started_at: timestamp }
export const backendsMax = 500
/**
 * What was opened at databases, and what is over, since the last report that was answered. `n` grows with each report of an
 * incarnation: one that comes late counts for nothing. `full`: what was reported before is to be forgotten first. Without a
 * `credential_id`: the session of an application that uses the stored user.
 */
export const backendsRequest = z.strictObject({
  nonce,
  incarnation: idOf('IncarnationId'),
  n: z.int().positive(),
  full: z.boolean(),
  opened: z
    .array(z.strictObject({ session_id: idOf('SessionId'), credential_id: idOf('CredentialId').nullable(), database_id: idOf('DatabaseId'), ...backend, as_of_seq: seq }))
    .max(backendsMax),
  closed: z.array(idOf('SessionId')).max(backendsMax),
})
export const backendsReply = z.strictObject({ nonce })
export type BackendsRequest = z.infer<typeof backendsRequest>
export type OpenedBackend = BackendsRequest['opened'][number]

/** Signed by the control plane. Ends exactly these, and only where number and start agree. */
export const terminateRequest = z.strictObject({
  nonce,
  incarnation: idOf('IncarnationId'),
  deadline: timestamp,
  target: databaseTarget,
  backends: z.array(z.strictObject(backend)).min(1).max(backendsMax),
})
/** `ended`: so many of them are not there any more. `error`: why nobody knows of the others. */
export const terminateReply = z.strictObject({ nonce, ended: z.int().nonnegative().max(backendsMax), error: z.string().nullable() })
export type TerminateRequest = z.infer<typeof terminateRequest>
export type TerminateReply = z.infer<typeof terminateReply>

/** Signed by the control plane; `deadline` keeps a repeated one from being of use for long. */
export const probeRequest = z.strictObject({
  nonce,
  incarnation: idOf('IncarnationId'),
  deadline: timestamp,
  target: databaseTarget,
})
export const probeReply = z.strictObject({
  nonce,
  ok: z.boolean(),
  latency_ms: z.number().nonnegative().nullable(),
  server_version: z.string().nullable(),
  error: z.string().nullable(),
})
export type ProbeRequest = z.infer<typeof probeRequest>
export type ProbeReply = z.infer<typeof probeReply>

/**
 * `error-reply`: the request is refused. Since a request that is not believed is refused too, whoever sees a nonce could have
 * a refusal signed over it, for a request of their own: the hash says which text is meant (see `requestHash`).
 */
export const errorReply = z.strictObject({ nonce: z.string().nullable(), request_sha256: z.string().length(43), code: z.string(), detail: z.string() })

/** SHA-256 of a request's text as it crossed NATS, base64url. */
export function requestHash(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
