import { z } from 'zod'
import { sslModes } from '@pgbeam/contracts'
import type { Database } from '../generated/prisma/client.js'
import { tagged } from '../platform/http/etag.js'
import { certificates, host, id, notYet, page, text } from '../platform/http/fields.js'

const QUERY_TIMEOUT_MS_MAX = 86_400_000

/** One upstream session per client session is what works now. */
const poolConfig = z.strictObject({
  pool_mode: notYet(z.literal('session')).optional(),
  pool_size: notYet(z.null()).optional(),
  min_pool_size: notYet(z.null()).optional(),
  max_active: notYet(z.null()).optional(),
})

const fields = {
  host,
  port: z.int().min(1).max(65535),
  name: text(63),
  username: text(63),
  password: text(1000),
  ssl_mode: z.enum(sslModes),
  ssl_ca: certificates.nullable(),
  role: z.enum(['primary', 'replica']),
  query_timeout_ms: z.int().min(0).max(QUERY_TIMEOUT_MS_MAX).nullable(),
  pool_config: poolConfig,
  default_policy_profile_id: id('PolicyId')
    .nullable()
    .describe("the policy of applications that log in with the stored user; null leaves them to the project's default"),
}

export const createDatabase = z.strictObject({
  ...fields,
  port: fields.port.default(5432),
  ssl_mode: fields.ssl_mode.default('require'),
  ssl_ca: fields.ssl_ca.default(null),
  role: fields.role.default('primary'),
  query_timeout_ms: fields.query_timeout_ms.default(null),
  pool_config: fields.pool_config.optional(),
  default_policy_profile_id: fields.default_policy_profile_id.default(null),
})
  .meta({ id: 'CreateDatabase' })
export type CreateDatabase = z.output<typeof createDatabase>

export const patchDatabase = z.strictObject(fields).partial().meta({ id: 'ChangeDatabase' })
export type PatchDatabase = z.output<typeof patchDatabase>

export const listDatabases = z.strictObject(page)
export type ListDatabases = z.output<typeof listDatabases>

export const databaseView = z.strictObject({
  id: z.string(),
  project_id: z.string(),
  host: z.string(),
  port: z.int(),
  name: z.string(),
  username: z.string(),
  ssl_mode: z.enum(sslModes),
  ssl_ca: z.string().nullable(),
  role: z.enum(['primary', 'replica']),
  query_timeout_ms: z.int().nullable(),
  pool_config: z.strictObject({ pool_size: z.null(), min_pool_size: z.null(), pool_mode: z.literal('session'), max_active: z.null() }),
  default_policy_profile_id: z.string().nullable(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
}).meta({ id: 'Database' })
export type DatabaseView = z.infer<typeof databaseView>

export const databaseList = z.strictObject({ databases: z.array(databaseView), next_page_token: z.string().nullable() }).meta({ id: 'DatabaseList' })
export const connectionTest = z.strictObject({
  ok: z.boolean(),
  latency_ms: z.number().nullable(),
  error: z.string().nullable(),
  server_version: z.string().nullable(),
}).meta({ id: 'ConnectionTest' })

/** The password never comes back. */
export function toDatabaseView(row: Database): DatabaseView {
  return tagged(row, {
    id: row.id,
    project_id: row.projectId,
    host: row.host,
    port: row.port,
    name: row.name,
    username: row.username,
    ssl_mode: row.sslMode as DatabaseView['ssl_mode'],
    ssl_ca: row.sslCa,
    role: row.role as DatabaseView['role'],
    query_timeout_ms: row.queryTimeoutMs,
    pool_config: { pool_size: null, min_pool_size: null, pool_mode: 'session', max_active: null },
    default_policy_profile_id: row.defaultPolicyProfileId,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  })
}
