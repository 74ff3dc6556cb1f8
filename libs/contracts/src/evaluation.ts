/** What the control plane asks of a proxy about a database, since only proxies reach one: dry runs of statements, and what there is. */
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
