/** What the control plane asks of a proxy about a database, since only proxies reach one: dry runs, what there is, and what should be masked. */
import { z } from 'zod'
import { maskingRule, policySnapshot, rowFilter } from './policy.js'
import { databaseTarget, idOf, nonce, timestamp } from './shapes.js'

/** As JSON: a request and its signature fit into one NATS message. */
export const evaluatedSqlBytesMax = 600_000

/** As JSON: beyond it a rewritten text is left out of the reply. */
export const rewrittenSqlBytesMax = 400_000

const about = { nonce, incarnation: idOf('IncarnationId'), deadline: timestamp, target: databaseTarget }

/** Signed by the control plane: what would the gate say to this text under this policy? Nothing is run. */
export const evaluateRequest = z.strictObject({ ...about, policy: policySnapshot, sql: z.string() })
/** `error`: why it cannot be said, for whoever keeps the database. */
export const evaluateReply = z.strictObject({
  nonce,
  decision: z
    .strictObject({
      allowed: z.boolean(),
      rule: z.string(),
      kinds: z.array(z.string()),
      sql_state: z.string().nullable(),
      message: z.string().nullable(),
      hint: z.string().nullable(),
      /** The text that would be sent, without it where it is too long for one message; null where nothing is masked or filtered. */
      rewritten: z.strictObject({ text: z.string().nullable(), masked: z.array(maskingRule), filtered: z.array(rowFilter) }).nullable(),
    })
    .nullable(),
  error: z.string().nullable(),
})
export type EvaluateReply = z.infer<typeof evaluateReply>

export const schemaRelationKinds = ['table', 'partitioned_table', 'view', 'materialized_view', 'foreign_table'] as const
export const schemaRelation = z.strictObject({
  schema: z.string(),
  name: z.string(),
  kind: z.enum(schemaRelationKinds),
  comment: z.string().nullable(),
  columns: z.array(z.strictObject({ name: z.string(), type: z.string(), nullable: z.boolean(), primary_key: z.boolean() })),
})
export type SchemaRelation = z.infer<typeof schemaRelation>

/** Signed by the control plane: what relations does this database have? */
export const schemaRequest = z.strictObject(about)
/** `truncated`: there are more than one message holds. */
export const schemaReply = z.strictObject({ nonce, relations: z.array(schemaRelation), truncated: z.boolean(), error: z.string().nullable() })
export type SchemaReply = z.infer<typeof schemaReply>

export const piiCategories = ['email', 'phone', 'payment_card', 'bank_account', 'national_id', 'ip_address', 'person_name', 'postal_address', 'date_of_birth', 'secret'] as const
export type PiiCategory = (typeof piiCategories)[number]
/** A column that looks as if it should be masked. No value is in it: samples do not leave the proxy. */
export const piiFinding = z.strictObject({
  table: z.string().describe('As a policy writes it.'),
  column: z.string(),
  type: z.string(),
  category: z.enum(piiCategories),
  evidence: z.array(z.enum(['name', 'type', 'sample'])),
  confidence: z.enum(['low', 'medium', 'high']),
  sample_share: z.number().min(0).max(1).nullable().describe('Of the values that were looked at, how many look like it; null where none does or none was looked at.'),
  suggestion: maskingRule.describe('A mask that fits the type.'),
})
export type PiiFinding = z.infer<typeof piiFinding>

export const sampleRowsMax = 1000
/** Signed by the control plane: which columns look as if they should be masked? At most so many rows of each table are looked at; 0 for none. */
export const scanRequest = z.strictObject({ ...about, sample_rows: z.int().min(0).max(sampleRowsMax) })
const scanned = z.strictObject({ relations: z.int(), columns: z.int(), rows: z.int() })
/** `skipped`: tables whose rows could not be read, and why. `truncated`: there is more than the time, or one message, held. */
export const scanReply = z.strictObject({
  nonce,
  findings: z.array(piiFinding),
  scanned,
  skipped: z.array(z.strictObject({ table: z.string(), reason: z.string() })),
  truncated: z.boolean(),
  error: z.string().nullable(),
})
export type ScanReply = z.infer<typeof scanReply>
