import { z } from 'zod'
import { authMethods, principalTypes } from '@pgbeam/contracts'
import { parseId, pgUserOf } from '@pgbeam/kernel'
import type { AgentCredential, StaleSecretAttempt } from '../generated/prisma/client.js'
import { receiptView } from '../enforcement/enforcement.dto.js'
import { tagged } from '../platform/http/etag.js'
import { future, id, page, text } from '../platform/http/fields.js'

export const createAgent = z.strictObject({
  name: text(100),
  policy_profile_id: id('PolicyId'),
  principal_type: z.enum(principalTypes).default('agent'),
  expires_at: future.nullable().default(null),
  auth_method: z.enum(authMethods).default('scram-sha-256'),
  database_id: id('DatabaseId').nullable().default(null),
}).meta({ id: 'CreateCredential' })
export type CreateAgent = z.output<typeof createAgent>

export const patchAgent = z
  .strictObject({
    name: text(100),
    policy_profile_id: id('PolicyId'),
    expires_at: future.nullable(),
    // Older clients say `disabled`.
    status: z.enum(['active', 'killed', 'disabled']).transform((status) => (status === 'disabled' ? 'killed' : status)),
  })
  .partial()
  .meta({ id: 'ChangeCredential' })
export type PatchAgent = z.output<typeof patchAgent>

export const listAgents = z.strictObject({
  ...page,
  status: z.enum(['active', 'killed', 'revoked']).optional(),
  principal_type: z.enum(principalTypes).optional(),
})
export type ListAgents = z.output<typeof listAgents>

export const credentialView = z.strictObject({
  id: z.string(),
  project_id: z.string(),
  policy_profile_id: z.string(),
  database_id: z.string().nullable(),
  name: z.string(),
  pg_username: z.string(),
  status: z.enum(['active', 'killed', 'revoked']),
  principal_type: z.enum(principalTypes),
  auth_method: z.enum(authMethods),
  last_used_at: z.iso.datetime().nullable(),
  stale_secret_attempts: z
    .strictObject({ attempts: z.int(), first_at: z.iso.datetime(), last_at: z.iso.datetime(), addresses: z.array(z.string()).describe('the latest first, at most ten') })
    .nullable()
    .describe('logins with the password from before a rotation: something still has it'),
  expires_at: z.iso.datetime().nullable(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
}).meta({ id: 'Credential' })
export type CredentialView = z.infer<typeof credentialView>

export const issuedCredential = z.strictObject({
  credential: credentialView,
  connection_string: z.string().describe('shown once'),
  mcp_url: z.string(),
  mcp_token: z.string().describe('shown once'),
  password: z.string().describe('shown once'),
}).meta({ id: 'IssuedCredential' })
export type IssuedCredential = z.infer<typeof issuedCredential>

/** Secrets can be shown only now, enforced everywhere or not. */
export const issuedWithReceipt = z.strictObject({ ...receiptView.shape, ...issuedCredential.shape }).meta({ id: 'IssuedCredentialWithReceipt' })
export const agentList = z.strictObject({ agents: z.array(credentialView), next_page_token: z.string().nullable() }).meta({ id: 'CredentialList' })

/** What is read wherever a credential is shown. */
export type ShownCredential = AgentCredential & { readonly staleAttempts: StaleSecretAttempt | null }

export function toCredentialView(row: ShownCredential): CredentialView {
  return tagged(row, {
    id: row.id,
    project_id: row.projectId,
    policy_profile_id: row.policyProfileId,
    database_id: row.databaseId,
    name: row.name,
    pg_username: pgUserOf(parseId('CredentialId', row.id)),
    status: row.status as CredentialView['status'],
    principal_type: row.principalType as CredentialView['principal_type'],
    auth_method: row.authMethod as CredentialView['auth_method'],
    last_used_at: row.lastUsedAt?.toISOString() ?? null,
    stale_secret_attempts: row.staleAttempts && {
      attempts: Number(row.staleAttempts.attempts),
      first_at: row.staleAttempts.firstAt.toISOString(),
      last_at: row.staleAttempts.lastAt.toISOString(),
      addresses: row.staleAttempts.addresses,
    },
    expires_at: row.expiresAt?.toISOString() ?? null,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  })
}
