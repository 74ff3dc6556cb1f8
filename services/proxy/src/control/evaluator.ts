/** Answers the control plane's questions about databases that only a proxy reaches: dry runs, what tables there are, and what should be masked. */
import { evaluateRequest, rewrittenSqlBytesMax, scanRequest, schemaRequest, subjects, type DatabaseTarget, type EvaluateReply, type MessageType, type ScanReply, type SchemaReply } from '@pgbeam/contracts'
import { PgBeamError } from '@pgbeam/kernel'
import type { Decision, Rewritten } from '@pgbeam/policy'
import type { z } from 'zod'
import type { Connector } from '../connect/connector.js'
import { QueryClient } from '../connect/query-client.js'
import type { Catalogs } from '../gate/catalogs.js'
import { evaluate } from '../gate/evaluate.js'
import type { LargeTextJudge } from '../gate/large-texts.js'
import { compile, needsCatalog } from '../gate/policy-gate.js'
import { scan } from '../pii/scan.js'
import type { Log } from '../platform/log.js'
import type { ControlPlane } from './control-plane.js'
import type { FreshRequests } from './fresh-requests.js'
import type { Identity } from './identity.js'
import { relationsIn, SCHEMA_SQL } from './schema-catalog.js'
import { openTarget } from './target.js'

const TIMEOUT_MS = 8000
/** Samples are read for so long at most; one table has its share of that. */
const SAMPLING_MS = 12_000
const SAMPLE_TIMEOUT_MS = 2000
const SCAN_TIMEOUT_MS = 20_000
/** Names of relations are not sent on: more of them fit than into one message. */
const SCANNED_BYTES_MAX = 8_000_000

export interface EvaluatorParts {
  readonly controlPlane: ControlPlane
  readonly identity: Identity
  readonly connector: Connector
  readonly catalogs: Catalogs
  readonly largeTexts: LargeTextJudge
  readonly fresh: FreshRequests
  readonly log: Log
}

export function answerEvaluations(parts: EvaluatorParts): void {
  answer(parts, subjects.evaluate(parts.identity.incarnation), 'evaluate-request', 'evaluate-reply', evaluateRequest, (request) => dryRun(parts, request))
  answer(parts, subjects.schema(parts.identity.incarnation), 'schema-request', 'schema-reply', schemaRequest, (request) => readSchema(parts, request))
  answer(parts, subjects.scan(parts.identity.incarnation), 'scan-request', 'scan-reply', scanRequest, (request) => scanForPii(parts, request))
}

function answer<Schema extends z.ZodType<{ nonce: string; incarnation: string; deadline: string }>>(
  { controlPlane, identity, fresh, log }: EvaluatorParts,
  subject: string,
  asked: MessageType,
  answered: MessageType,
  schema: Schema,
  work: (request: z.infer<Schema>) => Promise<object>,
): void {
  controlPlane.subscribe(
    subject,
    asked,
    schema,
    (request, message) => {
      if (request.incarnation !== identity.incarnation || !fresh.take(request)) return
      void work(request)
        .then((body) => {
          if (message.reply !== undefined) controlPlane.publish(message.reply, answered, { ...body, nonce: request.nonce })
        })
        .catch((error: unknown) => {
          log.warn({ err: error, subject }, 'a question about a database could not be answered')
        })
    },
    (error) => {
      log.warn({ err: error, subject }, 'a question that the control plane did not sign was ignored')
    },
  )
}

async function dryRun({ identity, catalogs, largeTexts }: EvaluatorParts, { target, policy, sql }: z.infer<typeof evaluateRequest>): Promise<Omit<EvaluateReply, 'nonce'>> {
  try {
    const compiled = compile(policy, target.query_timeout_ms ?? 0)
    const catalog = needsCatalog(compiled) ? await catalogs.acquire(await openTarget(identity, target)) : undefined
    try {
      return { decision: told(await evaluate(compiled, catalog?.view, largeTexts, sql)), error: null }
    } finally {
      catalog?.release()
    }
  } catch (error) {
    return { decision: null, error: words(error) }
  }
}

function told(decision: Decision): EvaluateReply['decision'] {
  if (decision.allowed) {
    return { allowed: true, rule: decision.rule, kinds: [...decision.kinds], sql_state: null, message: null, hint: null, rewritten: shown(decision.rewritten) }
  }
  const { rule, sqlState, message, hint } = decision
  return { allowed: false, rule, kinds: [], sql_state: sqlState, message, hint, rewritten: null }
}

function shown(rewritten: Rewritten | undefined): NonNullable<EvaluateReply['decision']>['rewritten'] {
  if (rewritten === undefined) return null
  const { text, masked, filtered } = rewritten
  return { text: Buffer.byteLength(JSON.stringify(text)) <= rewrittenSqlBytesMax ? text : null, masked: [...masked], filtered: [...filtered] }
}

async function readSchema(parts: EvaluatorParts, { target }: z.infer<typeof schemaRequest>): Promise<Omit<SchemaReply, 'nonce'>> {
  try {
    return await withDatabase(parts, target, 'schema-catalog', TIMEOUT_MS, TIMEOUT_MS, async (client) => ({ ...relationsIn(await client.query(SCHEMA_SQL)), error: null }))
  } catch (error) {
    return { relations: [], truncated: false, error: words(error) }
  }
}

async function scanForPii(parts: EvaluatorParts, { target, sample_rows: sampleRows }: z.infer<typeof scanRequest>): Promise<Omit<ScanReply, 'nonce'>> {
  try {
    return await withDatabase(parts, target, 'scan-pii', SCAN_TIMEOUT_MS, TIMEOUT_MS, async (client) => {
      const untilMs = performance.now() + SAMPLING_MS
      const { relations, truncated } = relationsIn(await client.query(SCHEMA_SQL), SCANNED_BYTES_MAX)
      await client.query(`SET statement_timeout = ${SAMPLE_TIMEOUT_MS}`)
      const found = await scan(relations, (sql) => client.query(sql), { sampleRows, untilMs, now: () => performance.now() })
      return { ...found, truncated: found.truncated || truncated, error: null }
    })
  } catch (error) {
    return { findings: [], scanned: { relations: 0, columns: 0, rows: 0 }, skipped: [], truncated: false, error: words(error) }
  }
}

/** A read-only session of this question's own. */
async function withDatabase<T>(
  { identity, connector }: EvaluatorParts,
  target: DatabaseTarget,
  purpose: string,
  timeoutMs: number,
  statementTimeoutMs: number,
  work: (client: QueryClient) => Promise<T>,
): Promise<T> {
  const settings = { application_name: `pgbeam ${purpose}`, client_encoding: 'UTF8', default_transaction_read_only: 'on', statement_timeout: String(statementTimeoutMs) }
  const client = new QueryClient(await connector.connect(await openTarget(identity, target, 'schema'), settings, timeoutMs), timeoutMs)
  try {
    return await work(client)
  } finally {
    client.close()
  }
}

const words = (error: unknown): string => (error instanceof PgBeamError ? `${error.message} (${error.sqlState})` : 'the connection failed')
