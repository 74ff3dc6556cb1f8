import { z } from 'zod'
import { accessModes } from '@pgbeam/contracts'
import type { PolicyProfile } from '../generated/prisma/client.js'
import { tagged } from '../platform/http/etag.js'
import { notYet, page, text } from '../platform/http/fields.js'

/** What a policy will say one day. Storing and ignoring it would promise protection that is not there. */
const later = [
  'statement_rules', 'table_allowlist', 'table_denylist', 'masking_rules', 'row_filters', 'max_rows', 'max_affected_rows', 'statement_timeout_ms',
  'budget_queries_per_hour', 'budget_queries_per_day', 'egress_bytes_per_day', 'audit', 'write_mode', 'approval_mode', 'migration_safety',
] as const
const neutral = z.union([z.null(), z.array(z.never()).max(0)])
type Later = { [field in (typeof later)[number]]: z.ZodOptional<ReturnType<typeof notYet<typeof neutral>>> }
const notYetFields = Object.fromEntries(later.map((field) => [field, notYet(neutral).optional()])) as Later

export const writePolicy = z.strictObject({
  name: text(100),
  access_mode: z.enum(accessModes).default('read_only'),
  ...notYetFields,
})
  .meta({ id: 'WritePolicy' })
export type WritePolicy = z.output<typeof writePolicy>

export const listPolicies = z.strictObject(page)
export type ListPolicies = z.output<typeof listPolicies>

export const policyView = z.strictObject({
  id: z.string(),
  project_id: z.string(),
  name: z.string(),
  access_mode: z.enum(accessModes),
  version: z.int(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
}).meta({ id: 'Policy' })
export type PolicyView = z.infer<typeof policyView>
export const policyList = z.strictObject({ policies: z.array(policyView), next_page_token: z.string().nullable() }).meta({ id: 'PolicyList' })

export function toPolicyView(row: PolicyProfile): PolicyView {
  return tagged(row, {
    id: row.id,
    project_id: row.projectId,
    name: row.name,
    access_mode: row.accessMode as PolicyView['access_mode'],
    version: Number(row.version),
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  })
}
