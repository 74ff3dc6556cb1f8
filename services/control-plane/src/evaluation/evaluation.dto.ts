import { z } from 'zod'
import { evaluatedSqlBytesMax, piiFinding, sampleRowsMax, scanReply, schemaRelation } from '@pgbeam/contracts'
import { id, text } from '../platform/http/fields.js'
import { asJson, jsonSchema } from '../platform/http/openapi-schemas.js'
import { policyFields } from '../policy/policy.dto.js'

/** Texts that are no text are for the gate to refuse; what crosses NATS is bounded as JSON. */
const sql = z.string().max(evaluatedSqlBytesMax).refine((value) => Buffer.byteLength(JSON.stringify(value)) <= evaluatedSqlBytesMax, {
  error: `is longer than ${evaluatedSqlBytesMax} bytes of JSON`,
})

const policy_id = id('PolicyId').describe('A policy of the project.')
const policy = z.strictObject({ name: text(100).optional(), ...policyFields }).describe('A policy that is not stored, in the words of a stored one.')
const database_id = id('DatabaseId').optional().describe('The database whose tables count; else the oldest primary of the project.')

// In the document this is one of two shapes, which says that there has to be exactly one of the two; errors of the one shape say more.
const { $schema: _, ...json } = jsonSchema(z.union([z.strictObject({ sql, policy_id, database_id }), z.strictObject({ sql, policy, database_id })]), 'input')
export const evaluatePolicy = z
  .strictObject({ sql, policy_id: policy_id.optional(), policy: policy.optional(), database_id })
  .refine((given) => (given.policy_id === undefined) !== (given.policy === undefined), { error: 'takes either policy_id or policy' })
  .meta(asJson({ id: 'EvaluatePolicy', ...json }))
export type EvaluatePolicy = z.output<typeof evaluatePolicy>

export const evaluation = z
  .strictObject({
    verdict: z.enum(['allow', 'block', 'mask', 'row-filter']),
    rule: z.string(),
    reason: z.string(),
    hint: z.string().nullable(),
    sqlstate: z.string().nullable(),
    statement_kinds: z.array(z.string()),
    masked_columns: z.array(z.strictObject({ column: z.string(), kind: z.string() })),
    row_filter_predicate: z.string().nullable(),
    rewritten_sql: z.string().nullable(),
    notes: z.array(z.string()),
    database_id: z.string(),
  })
  .meta({ id: 'PolicyEvaluation' })
export type Evaluation = z.infer<typeof evaluation>

export const schemaCatalog = z
  .strictObject({ relations: z.array(schemaRelation), truncated: z.boolean() })
  .meta({ id: 'SchemaCatalog' })
export type SchemaCatalog = z.infer<typeof schemaCatalog>

export const scanPii = z
  .strictObject({
    sample_rows: z.int().min(0).max(sampleRowsMax).default(200).describe('Rows of each table that are looked at; 0 judges by names and types alone. Values stay in the proxy.'),
  })
  .meta({ id: 'ScanPii' })
export type ScanPii = z.output<typeof scanPii>

const { nonce: _nonce, error: _error, findings: _findings, ...scanned } = scanReply.shape
export const piiScan = z
  .strictObject({ findings: z.array(piiFinding), ...scanned })
  .meta({ id: 'PiiScan' })
export type PiiScan = z.infer<typeof piiScan>
