import { z } from 'zod'
import { accessModes, budgetMax, limitRowsMax, maskKinds, policyRules, predicateCharsMax, protectedMax, statementKinds, statementTimeoutMsMax, tableNameCharsMax, tableNamesMax, type PolicyRules } from '@pgbeam/contracts'
import { loadParser, parseTableName, predicateFault } from '@pgbeam/policy'
import type { PolicyProfile } from '../generated/prisma/client.js'
import { tagged } from '../platform/http/etag.js'
import { notYet, page, text } from '../platform/http/fields.js'
import { asJson } from '../platform/http/openapi-schemas.js'

// Predicates are parsed when a policy is written.
await loadParser()

/** What a policy will say one day. Storing and ignoring it would promise protection that is not there. */
const later = [
  'audit', 'write_mode', 'approval_mode', 'migration_safety',
] as const
const neutral = z.union([z.null(), z.array(z.never()).max(0)])
type Later = { [field in (typeof later)[number]]: z.ZodOptional<ReturnType<typeof notYet<typeof neutral>>> }
const notYetFields = Object.fromEntries(later.map((field) => [field, notYet(neutral).optional()])) as Later

const kind = z.enum(statementKinds, { error: `is no kind of statement; there are ${statementKinds.join(', ')}` })
const kinds = z.array(kind).max(statementKinds.length).transform((list) => statementKinds.filter((one) => list.includes(one)))

/** For the document: names in all the ways that Postgres takes them are for `parseTableName`. */
const NAME_PATTERN = '^([a-z_][a-z0-9_]{0,62}|"[A-Za-z0-9_ -]{1,60}")([.]([a-z_][a-z0-9_]{0,62}|[*]))?$'
const tableName = z.string().max(tableNameCharsMax).superRefine((value, context) => {
  const name = parseTableName(value)
  if (typeof name === 'string') context.addIssue({ code: 'custom', message: `is not the name of a table: ${name}` })
}).meta(asJson({ type: 'string', maxLength: tableNameCharsMax, pattern: NAME_PATTERN, examples: ['orders', 'sales.orders', 'sales.*', '"Order Items"'] }))
const protectedTable = tableName.refine((value) => !/\*\s*$/.test(value), { error: 'names every table of a schema; masks and row filters name one table each' })
const maskingRule = z.strictObject({
  table: protectedTable,
  column: text(tableNameCharsMax),
  kind: z.enum(maskKinds, { error: `is no kind of mask; there are ${maskKinds.join(', ')}` })
    .describe('redact: one constant for the type; null: NULL; hash: HMAC-SHA-256 under a key of the project (text, uuid, bigint), which lets equal values be told; partial: the last four of eight or more characters (text).'),
})
const rowFilter = z.strictObject({
  table: protectedTable,
  predicate: text(predicateCharsMax).superRefine((value, context) => {
    const fault = predicateFault(value)
    if (fault !== undefined) context.addIssue({ code: 'custom', message: `is not a condition: ${fault}` })
  }).describe("A condition over the table's own columns; only rows that make it true are seen. Operators and functions are the built-in ones."),
})
const orNull = <T>(list: T[] | null): T[] | null => (list?.length === 0 ? null : list)

const rowCount = (zero: string) => z.int().min(1, { error: (issue) => (issue.input === 0 ? zero : 'is no number of rows') }).max(limitRowsMax)
const budget = (description: string) => z.int().min(1).max(budgetMax).nullable().default(null).describe(description)

const tableNames = z.array(tableName).max(tableNamesMax)

const rules = {
  statement_rules: z
    .strictObject({
      allow: z.array(kind).min(1, { error: 'would allow nothing; leave it out to allow all that the access mode does' }).pipe(kinds).nullable().default(null)
        .describe('Kinds of statements that may run; null for all that the access mode lets through. The access mode stays the ceiling.'),
      deny: kinds.default([]).describe('Kinds of statements that may not run. It wins over allow.'),
    })
    .nullable()
    .default(null)
    .transform((value) => (value === null || (value.allow === null && value.deny.length === 0) ? null : value)),
  table_allowlist: tableNames.min(1, { error: 'would allow no table; leave it out, or send null, to restrict nothing' }).nullable().default(null)
    .describe('Tables that may be named; null for all. A bare name means the schema public; schema.* means every table of a schema.'),
  table_denylist: tableNames.nullable().default(null).transform(orNull)
    .describe('Tables that may not be named, whatever the other list says.'),
  masking_rules: z.array(maskingRule).max(protectedMax).nullable().default(null).transform(orNull)
    .describe('Columns whose values are never shown. With access_mode read_write, writes that could tell of them are refused.'),
  row_filters: z.array(rowFilter).max(protectedMax).nullable().default(null).transform(orNull)
    .describe('Which rows of a table are seen; several on one table must all be true. With access_mode read_write, nothing is written to such a table.'),
  statement_timeout_ms: z.int().min(1).max(statementTimeoutMsMax).nullable().default(null)
    .describe("Milliseconds that a statement may take; the smaller of this and the database's query_timeout_ms counts."),
  max_rows: rowCount('would show nothing; deny select in statement_rules, or leave out tables, to show none').nullable().default(null)
    .describe('Rows that one statement, portal or cursor delivers at most. What is beyond is cut off, and a notice (01004) says so.'),
  max_affected_rows: rowCount('would let nothing be changed; access_mode read_only says that').nullable().default(null)
    .describe('Rows that one statement may insert, update, delete or merge. One that affects more is rolled back (54000).'),
  budget_queries_per_hour: budget('Statements that one credential may run in an hour of UTC, over all proxies.'),
  budget_queries_per_day: budget('Statements that one credential may run in a day of UTC, over all proxies.'),
  egress_bytes_per_day: budget('Bytes of rows and COPY data that one credential may be sent in a day of UTC, over all proxies.'),
}

export const policyFields = { access_mode: z.enum(accessModes).default('read_only'), ...rules, ...notYetFields }

export const writePolicy = z.strictObject({ name: text(100), ...policyFields }).meta({ id: 'WritePolicy' })
export type WritePolicy = z.output<typeof writePolicy>

/** The rules of a request, as they are stored and published. */
export function rulesOf(request: Pick<WritePolicy, keyof PolicyRules>): PolicyRules {
  const { statement_rules, table_allowlist, table_denylist, masking_rules, row_filters, statement_timeout_ms, budget_queries_per_hour, budget_queries_per_day, egress_bytes_per_day, max_rows, max_affected_rows } = request
  return {
    statement_rules, table_allowlist, table_denylist, masking_rules, row_filters, statement_timeout_ms, budget_queries_per_hour, budget_queries_per_day, egress_bytes_per_day,
    max_rows, max_affected_rows,
  }
}

export const listPolicies = z.strictObject(page)
export type ListPolicies = z.output<typeof listPolicies>

export const policyView = z.strictObject({
  id: z.string(),
  project_id: z.string(),
  name: z.string(),
  access_mode: z.enum(accessModes),
  statement_rules: z.strictObject({ allow: z.array(z.enum(statementKinds)).nullable(), deny: z.array(z.enum(statementKinds)) }).nullable(),
  table_allowlist: z.array(z.string()).nullable(),
  table_denylist: z.array(z.string()).nullable(),
  masking_rules: z.array(z.strictObject({ table: z.string(), column: z.string(), kind: z.enum(maskKinds) })).nullable(),
  row_filters: z.array(z.strictObject({ table: z.string(), predicate: z.string() })).nullable(),
  statement_timeout_ms: z.int().nullable(),
  max_rows: z.int().nullable(),
  max_affected_rows: z.int().nullable(),
  budget_queries_per_hour: z.int().nullable(),
  budget_queries_per_day: z.int().nullable(),
  egress_bytes_per_day: z.int().nullable(),
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
    ...policyRules.parse(row.rules),
    version: Number(row.version),
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  })
}
