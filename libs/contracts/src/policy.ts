/** A policy's rules, in the words of the API: stored, published and evaluated in this one shape. */
import { z } from 'zod'
import { budgetMax } from './budget.js'
import { accessModes, idOf, seq } from './shapes.js'

export const statementKinds = ['select', 'insert', 'update', 'delete', 'ddl', 'copy', 'set', 'show', 'explain', 'transaction'] as const
export type StatementKind = (typeof statementKinds)[number]

export const tableNamesMax = 500
export const tableNameCharsMax = 300
export const statementTimeoutMsMax = 86_400_000

export const maskKinds = ['redact', 'null', 'hash', 'partial'] as const
export const protectedMax = 500
export const predicateCharsMax = 2000
export const limitRowsMax = 1_000_000_000

export const maskingRule = z.strictObject({ table: z.string().max(tableNameCharsMax), column: z.string().max(tableNameCharsMax), kind: z.enum(maskKinds) })
export const rowFilter = z.strictObject({ table: z.string().max(tableNameCharsMax), predicate: z.string().max(predicateCharsMax) })

const budget = z.int().min(1).max(budgetMax).nullable().default(null)
const kinds = z.array(z.enum(statementKinds)).max(statementKinds.length)
const tables = z.array(z.string().max(tableNameCharsMax)).max(tableNamesMax)

/** What narrows the access mode. Null stands for a rule that is not there; an older sender leaves out what it does not know. */
export const policyRules = z.strictObject({
  statement_rules: z.strictObject({ allow: kinds.nullable(), deny: kinds }).nullable().default(null),
  table_allowlist: tables.nullable().default(null),
  table_denylist: tables.nullable().default(null),
  masking_rules: z.array(maskingRule).max(protectedMax).nullable().default(null),
  row_filters: z.array(rowFilter).max(protectedMax).nullable().default(null),
  statement_timeout_ms: z.int().min(1).max(statementTimeoutMsMax).nullable().default(null),
  max_rows: z.int().min(1).max(limitRowsMax).nullable().default(null),
  max_affected_rows: z.int().min(1).max(limitRowsMax).nullable().default(null),
  budget_queries_per_hour: budget,
  budget_queries_per_day: budget,
  egress_bytes_per_day: budget,
})
export type PolicyRules = z.infer<typeof policyRules>

/** `version` changes with every edit of the rules. */
export const policySnapshot = z.strictObject({ id: idOf('PolicyId'), version: seq, access_mode: z.enum(accessModes), ...policyRules.shape })
export type PolicySnapshot = z.infer<typeof policySnapshot>

/** A policy of its access mode alone. */
export const noRules: PolicyRules = policyRules.parse({})
