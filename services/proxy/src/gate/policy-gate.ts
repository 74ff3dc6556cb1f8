/** The gate of one session: the policy engine's verdicts, remembered by the bytes of the statement. */
import type { PolicySnapshot } from '@pgbeam/contracts'
import { checkStartupSetting, compilePolicy, decide, hiddenColumns, isParsed, MOVED, protects, sessionGuards, TEXT_BYTES_MAX, type Catalog, type CompiledPolicy, type Decision } from '@pgbeam/policy'
import { AnswerFilter } from '../relay/answer-filter.js'
import { UNMOVED, type Answers, type Denial, type Judgement, type RelayGate, type RowLimits, type Verdict } from '../relay/gate.js'
import { ListAnswers } from '../relay/list-answers.js'
import type { CatalogView } from './watched-catalog.js'
import type { JudgeRequest, LargeTextJudge } from './large-texts.js'
import type { Tables, VerdictTables } from './verdict-tables.js'

/** Texts above this are parsed in a worker: parsing 2 MB here would stall every session for most of a second. */
export const HERE_BYTES_MAX = 4096
/** Where only the floors hold, most texts are looked through and not parsed; they are held whole all the same. */
const FLOORS_TEXT_BYTES_MAX = 16 * 1024 * 1024

export function compile(policy: PolicySnapshot, queryTimeoutMs: number): CompiledPolicy {
  const timeoutsMs = [queryTimeoutMs, policy.statement_timeout_ms ?? 0].filter((ms) => ms > 0)
  return compilePolicy({
    id: policy.id,
    version: policy.version,
    accessMode: policy.access_mode,
    statementRules: policy.statement_rules,
    tableAllowlist: policy.table_allowlist,
    tableDenylist: policy.table_denylist,
    maskingRules: policy.masking_rules ?? [],
    rowFilters: policy.row_filters ?? [],
    statementTimeoutMsMax: timeoutsMs.length === 0 ? null : Math.min(...timeoutsMs),
    maxRows: policy.max_rows ?? null,
    maxAffectedRows: policy.max_affected_rows ?? null,
  })
}

/** Whether sessions under this policy need the database's catalog. */
export const needsCatalog = (policy: CompiledPolicy): boolean => policy.checked

export const denialOf = (decision: Decision): Denial | undefined =>
  decision.allowed
    ? undefined
    : { sqlState: decision.sqlState, message: decision.message, detail: decision.detail, hint: decision.hint, position: decision.position }

function judgementOf(decision: Decision): Judgement {
  if (!decision.allowed) return denialOf(decision)
  const { rewritten, guarded, outcomes, parts } = decision
  if (guarded === undefined && rewritten === undefined) return outcomes && { replacement: undefined, shift: UNMOVED, outcomes, parts }
  if (guarded === undefined) return rewritten && { replacement: Buffer.from(rewritten.text), outcomes, parts }
  const { around, shift, text } = guarded
  if (around === undefined) return { replacement: Buffer.from(text), shift, outcomes, parts }
  return { replacement: Buffer.from(around.before), after: Buffer.from(around.after), tailBytes: around.tailBytes, shift, outcomes, parts }
}

/** A newer catalog may decide otherwise. */
export const isUnresolved = (decision: Decision): boolean =>
  !decision.allowed && (decision.rule === 'unresolved_name' || decision.rule === 'unresolved_rule')

const FUNCTION_CALL: Denial = {
  sqlState: '42501',
  message: 'function calls by oid (the fast-path protocol) are refused',
  detail: 'rule: function_call',
  hint: 'Call the function in a SELECT.',
}

const CATALOG_MOVED: Denial = {
  sqlState: '42501',
  message: 'a table of this statement was changed in the database since the statement was checked',
  detail: 'rule: catalog_changed',
  hint: 'Send it again; a prepared statement has to be prepared again.',
}

const NOT_UTF8: Denial = {
  sqlState: '22021',
  message: 'invalid byte sequence for encoding "UTF8" in a statement',
  detail: 'rule: parse_error',
  hint: 'Send statements in UTF-8.',
}
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text, or undefined where its bytes are no UTF-8: the gate must read the very characters that the server reads. */
function decode(bytes: Buffer): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

export class PolicyGate implements RelayGate {
  readonly reads = true
  readonly textBytesMax: number
  readonly watched: ReadonlyMap<string, string>
  readonly answers: Answers | undefined
  readonly limits: RowLimits | undefined
  /** By the newest catalog that the policy's rules fit; the numbers of columns outlast their names. */
  private hidden: ReadonlyMap<number, ReadonlySet<number>> = new Map()
  private tables: Tables | undefined
  private tablesCatalog: Catalog | undefined

  constructor(
    private readonly policy: CompiledPolicy,
    /** Undefined where the policy needs none. */
    private readonly catalog: CatalogView | undefined,
    private readonly verdicts: VerdictTables,
    private readonly large: LargeTextJudge,
    private readonly credentialId: string,
  ) {
    this.textBytesMax = policy.checked ? TEXT_BYTES_MAX : FLOORS_TEXT_BYTES_MAX
    this.watched = new Map(Object.entries(sessionGuards(policy).watched))
    const { maxRows, maxAffectedRows } = policy
    // What only reads affects no rows.
    this.limits = maxRows === undefined && (maxAffectedRows === undefined || !policy.writes) ? undefined : { maxRows, maxAffectedRows: policy.writes ? maxAffectedRows : undefined }
    const own = { word: MOVED, denial: CATALOG_MOVED, onSeen: () => void this.catalog?.refresh() }
    if (protects(policy)) this.answers = new AnswerFilter(own, (relation, column) => this.hidden.get(relation)?.has(column) === true)
    else if (policy.tables !== undefined) this.answers = new ListAnswers(own)
  }

  judge(
    buffer: Buffer,
    start: number,
    end: number,
    messageEnd: number,
    simple: boolean,
    onDecided: (verdict: Judgement) => void,
  ): Verdict {
    if (!this.policy.checked && !isParsed(buffer.toString('latin1', start, end), this.policy)) return undefined
    const catalog = this.catalog?.current
    // A Parse that declares types is remembered with them: a parameter's type can decide what a function call means.
    const typed = !simple && this.policy.checked && messageEnd > end + 3
    const keyEnd = typed ? messageEnd : end
    if (this.tables === undefined || catalog !== this.tablesCatalog) {
      this.tables = this.verdicts.of(this.policy, catalog)
      this.tablesCatalog = catalog
      if (this.answers instanceof AnswerFilter && catalog !== undefined) this.hidden = hiddenColumns(this.policy, catalog) ?? this.hidden
    }
    const table = simple ? this.tables.simple : typed ? this.tables.typed : this.tables.extended
    const known = this.verdicts.cache.find(table, buffer, start, keyEnd)
    if (known !== 'unknown') return known
    const parameterTypes = typed ? declaredTypes(buffer, end + 1, messageEnd) : []
    // Where only the floors hold, a session may use another encoding: their words are ASCII in all of them.
    const text = decode(buffer.subarray(start, end)) ?? (this.policy.checked ? undefined : buffer.toString('latin1', start, end))
    if (text === undefined) return NOT_UTF8
    const request = { text, protocol: simple ? 'simple' : 'extended', parameterTypes } as const
    if (end - start > HERE_BYTES_MAX) {
      this.judgeLarge(request, true, onDecided)
      return 'later'
    }
    const decision = decide(text, { policy: this.policy, catalog, protocol: request.protocol, parameterTypes })
    if (this.catalog && isUnresolved(decision)) {
      // Perhaps the name is newer than what we know: look once, then it stands.
      void this.catalog.refresh().then(() => {
        const context = { policy: this.policy, catalog: this.catalog?.current, catalogIsFresh: true, protocol: request.protocol, parameterTypes }
        onDecided(judgementOf(decide(text, context)))
      })
      return 'later'
    }
    const judgement = judgementOf(decision)
    this.verdicts.cache.add(table, this.credentialId, buffer, start, keyEnd, judgement, !typed && decision.allowed && decision.literalFree)
    return judgement
  }

  private judgeLarge(request: JudgeRequest, mayRefresh: boolean, onDecided: (verdict: Judgement) => void): void {
    this.large.judge(this.credentialId, this.policy, this.catalog?.current, request, (decision) => {
      if (mayRefresh && this.catalog && isUnresolved(decision)) {
        void this.catalog.refresh().then(() => {
          this.judgeLarge({ ...request, catalogIsFresh: true }, false, onDecided)
        })
      } else onDecided(judgementOf(decision))
    })
  }

  tooLong(): Denial {
    return {
      sqlState: '54000',
      message: `a statement may have at most ${this.textBytesMax} bytes under this policy`,
      detail: 'rule: size_limit',
      hint: 'Send large values as parameters, or split the statement.',
    }
  }

  functionCall(): Denial {
    return FUNCTION_CALL
  }
}

/** Settings from a StartupMessage, judged as SET would be. The first that is refused is the answer. */
export function refusedSetting(policy: CompiledPolicy, settings: ReadonlyMap<string, string>): Denial | undefined {
  for (const [name, value] of settings) {
    const decision = checkStartupSetting(policy, name, value)
    if (decision) return denialOf(decision)
  }
  return undefined
}

/** Parameter type oids of a Parse: a count, then the oids. */
function declaredTypes(buffer: Buffer, at: number, end: number): number[] {
  const types: number[] = []
  for (let i = at + 2; i + 4 <= end; i += 4) types.push(buffer.readUInt32BE(i))
  return types
}
