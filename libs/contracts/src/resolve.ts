/** What a proxy asks for at the first login of a credential, and keeps. */
import { z } from 'zod'
import { policySnapshot } from './policy.js'
import { authMethods, controlLossChoices, databaseTarget, epoch, idOf, nonce, principalTypes, seq, timestamp } from './shapes.js'

/** How many secrets from before rotations are recognised. Every login that fails is checked against so many, real or not. */
export const retiredKeysMax = 2

/** What an application names that logs in with a database's own stored user. No slug has another shape; the others are as Postgres bounds them. */
export const passthroughName = z.strictObject({
  project_slug: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
  user: z.string().min(1).max(63),
  database: z.string().min(1).max(63),
})
export type PassthroughName = z.infer<typeof passthroughName>

/**
 * By credential (the Postgres wire), by the SHA-256 of an MCP token, hex (the MCP door; the token itself stays in the proxy), or by
 * what an application names.
 */
export const resolveRequest = z.union([
  z.strictObject({ nonce, incarnation: idOf('IncarnationId'), credential_id: idOf('CredentialId') }),
  z.strictObject({ nonce, incarnation: idOf('IncarnationId'), mcp_token_sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  z.strictObject({ nonce, incarnation: idOf('IncarnationId'), passthrough: passthroughName }),
])
export type ResolveRequest = z.infer<typeof resolveRequest>


/** One consistent view as of `as_of_seq`. A revoked credential has no verifier left: it is `null`, as an unknown one is. */
export const credentialSnapshot = z.strictObject({
  credential: z.strictObject({
    id: idOf('CredentialId'),
    project_id: idOf('ProjectId'),
    name: z.string(),
    principal_type: z.enum(principalTypes),
    auth_method: z.enum(authMethods),
    status: z.enum(['active', 'killed']),
    /** `SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>`, as in Postgres's pg_authid.rolpassword. */
    verifier: z.string(),
    /** StoredKeys (base64) of secrets from before the last rotations, to recognise them by, never to let them in; made with the verifier's salt and count. */
    retired_keys: z.array(z.strictObject({ stored_key: z.base64().length(44), until: timestamp })).max(retiredKeysMax).default([]),
    expires_at: timestamp.nullable(),
    /** Where set, the one database this credential may reach. */
    database_id: idOf('DatabaseId').nullable(),
  }),
  policy: policySnapshot,
  project: z.strictObject({ id: idOf('ProjectId'), slug: z.string(), allowed_cidrs: z.array(z.string()), agents_disabled: z.boolean() }),
  databases: z.array(databaseTarget),
})
export type CredentialSnapshot = z.infer<typeof credentialSnapshot>

/**
 * A database whose stored user an application logs in as. No verifier crosses the network: a stored password may be a weak one,
 * so the proxy makes the verifier from the password, which comes encrypted to it.
 */
export const passthroughSnapshot = z.strictObject({
  project: z.strictObject({ id: idOf('ProjectId'), slug: z.string(), allowed_cidrs: z.array(z.string()), on_control_loss: z.enum(controlLossChoices) }),
  /** `killed`: the log was restored and nobody has confirmed it yet. */
  status: z.enum(['active', 'killed']),
  /** The database's default, else the project's; null leaves the application unrestricted. */
  policy: policySnapshot.nullable(),
  /** Whose default it is; null where there is none. */
  policy_from: z.enum(['database', 'project']).nullable(),
  database: databaseTarget,
})
export type PassthroughSnapshot = z.infer<typeof passthroughSnapshot>

export const resolveReply = z.strictObject({
  nonce,
  epoch,
  as_of_seq: seq,
  snapshot: credentialSnapshot.nullable(),
  /** Instead of `snapshot`, for what an application named. */
  passthrough: passthroughSnapshot.nullable().optional(),
})
export type ResolveReply = z.infer<typeof resolveReply>
