/** Small shapes that several messages share. Times are RFC 3339 texts in UTC; lengths of time are milliseconds. */
import { z } from 'zod'
import { isId, type IdKind } from '@pgbeam/kernel'

/** A text that is an id of this kind. */
export const idOf = <Kind extends IdKind>(kind: Kind) =>
  z.string().refine((text) => isId(kind, text), { error: `not a ${kind}` })

export const nonce = z.string().min(16).max(64)
export const seq = z.int().nonnegative()
/** Names one life of the log: a restored database gets another, so positions of two lives are never compared. */
export const epoch = z.string().min(1).max(200)
export const timestamp = z.iso.datetime({ offset: true })

export const okpPublicJwk = z.strictObject({
  kty: z.literal('OKP'),
  crv: z.enum(['Ed25519', 'X25519']),
  x: z.string().min(40).max(50),
})

/** libpq's `sslmode`s, with libpq's meaning. */
export const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const
export const accessModes = ['read_only', 'read_write'] as const
export const authMethods = ['scram-sha-256', 'cleartext'] as const
export const principalTypes = ['agent', 'human'] as const
/** What applications that use a database's stored user are to expect of a proxy that has lost its control plane. */
export const controlLossChoices = ['serve', 'refuse'] as const
export type SslMode = (typeof sslModes)[number]
export type AccessMode = (typeof accessModes)[number]
export type AuthMethod = (typeof authMethods)[number]
export type PrincipalType = (typeof principalTypes)[number]
export type ControlLossChoice = (typeof controlLossChoices)[number]

/** Where a database is and who PgBeam is there. The password is a JWE (ECDH-ES, A256GCM) to one proxy's own X25519 key. */
export const databaseTarget = z.strictObject({
  id: idOf('DatabaseId'),
  host: z.string(),
  port: z.int().min(1).max(65535),
  name: z.string(),
  username: z.string(),
  password_jwe: z.string(),
  ssl_mode: z.enum(sslModes),
  /** PEM; null means the system's roots. */
  ssl_ca: z.string().nullable(),
  role: z.enum(['primary', 'replica']),
  query_timeout_ms: z.int().nonnegative().nullable(),
})
export type DatabaseTarget = z.infer<typeof databaseTarget>
