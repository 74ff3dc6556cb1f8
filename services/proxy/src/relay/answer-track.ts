/**
 * Which statement an answer belongs to, for sessions whose rows are counted. What the client sends stands in a queue until
 * the server has answered it, and what it means for the session's names (prepared statements, portals, cursors) counts from
 * then on: whether a Parse succeeded, only the server knows. Conversation keeps the same order in fewer words, for all
 * sessions.
 *
 * SQL's PREPARE and Parse share their names, and so do cursors and portals. The server compares the first 63 bytes.
 */
import type { Outcome } from '@pgbeam/policy'
import { backend } from '@pgbeam/pg-wire'
import type { WriteForesight } from './write-foresight.js'

/** A portal, a cursor, or one statement of a simple query: what rows are counted for, over its whole life. */
export interface Counted {
  readonly outcome: Outcome
  /** Outlives its transaction. */
  readonly hold: boolean
  delivered: number
  cut: boolean
  /** COPY's first line is a header, and has not come yet. */
  header: boolean
}

type Asked = { origin?: Origin } & (
  | { readonly kind: 'query'; readonly outcomes: readonly Outcome[]; at: number }
  | { readonly kind: 'parse'; readonly name: string; readonly outcome: Outcome; readonly writes: boolean }
  | { readonly kind: 'bind'; readonly portal: string; readonly statement: string; readonly writes: boolean }
  | { readonly kind: 'execute'; readonly portal: string; readonly awaited: boolean }
  | { readonly kind: 'close'; readonly portal: boolean; readonly name: string }
  | { readonly kind: 'describe' | 'sync' | 'copyEnd' }
)

/** Who asked: the client, or the proxy for a simple query that it sends as extended messages. */
export type Origin = 'client' | 'proxy' | 'proxy, last'

const NAME_BYTES = 63
/** What nobody knows is a query whose rows count. */
const UNKNOWN: Outcome = { type: 'rows' }
const OTHER: Outcome = { type: 'other' }
/** EXECUTE of a statement that is an EXECUTE of …: the server goes on for longer, nobody else does. */
const CHAIN_MAX = 8
/** More than this unanswered, or remembered, is no client that anybody wrote to get work done. */
const ASKED_MAX = 200_000
const NAMES_MAX = 100_000
const ENDS_BATCH = new Set(['sync', 'query', 'copyEnd'])
const IDLE = 'I'.charCodeAt(0)

/** A name as the server compares it. @param name as SQL has it */
export const nameKey = (name: string): string => Buffer.from(name).toString('latin1', 0, NAME_BYTES)
/** The same from a message: up to the NUL at `end`. */
export const nameKeyIn = (chunk: Buffer, start: number, end: number): string => chunk.toString('latin1', start, Math.min(end, start + NAME_BYTES))

/** The session cannot be followed any further, and ends. */
export class TrackLost extends Error {}

export class AnswerTrack {
  private queue: Asked[] = []
  private head = 0
  private readonly statements = new Map<string, Outcome>()
  private readonly portals = new Map<string, Counted>()
  /** One statement of a simple query, or of an EXECUTE: it has no name. */
  private passing: Counted | undefined
  private skipping = false
  private copying = false
  private copySyncs = 0
  /** Who asks for what is told next. */
  asker: Origin = 'client'

  /** @param writes where writes are awaited: foresees them */
  constructor(private readonly writes?: WriteForesight) {}

  // ── what the client sends ──

  query(outcomes: readonly Outcome[]): void {
    this.writes?.batchOver()
    this.writes?.texts(outcomes)
    if (!this.skipping) this.push({ kind: 'query', outcomes, at: 0 })
  }

  /** Whether a simple query has to be sent statement by statement. */
  queryAwaits(outcomes: readonly Outcome[]): boolean {
    return this.writes !== undefined && !this.skipping && outcomes.some((outcome) => this.writes?.awaits(outcome))
  }

  /** Extended messages were sent behind the last Sync. */
  get batchOpen(): boolean {
    return this.skipping || (this.head < this.queue.length && !ENDS_BATCH.has((this.queue.at(-1) as Asked).kind))
  }

  /** @param outcomes of its text; a Parse of more than one statement fails */
  parse(name: string, outcomes: readonly Outcome[]): void {
    if (this.skipping) return
    this.writes?.texts(outcomes)
    const outcome = outcomes[0] ?? UNKNOWN
    this.extended({ kind: 'parse', name, outcome, writes: this.writes?.parse(name, outcome) ?? false })
  }

  bind(portal: string, statement: string): void {
    if (this.skipping) return
    this.extended({ kind: 'bind', portal, statement, writes: this.writes?.bind(portal, statement, this.statements.get(statement)) ?? false })
  }

  /** @returns whether nothing may be sent behind it until it is answered: it may be a write, and its rows are counted */
  execute(portal: string): boolean {
    if (this.skipping) return false
    const awaited = this.writes?.execute(portal, this.portals.get(portal)?.outcome) ?? false
    this.extended({ kind: 'execute', portal, awaited })
    return awaited
  }

  describe(): void {
    this.extended({ kind: 'describe' })
  }

  close(portal: boolean, name: string): void {
    this.extended({ kind: 'close', portal, name })
  }

  sync(): void {
    this.writes?.batchOver()
    if (this.copying) {
      this.copySyncs++
      return
    }
    this.skipping = false
    this.push({ kind: 'sync' })
  }

  /** CopyDone or CopyFail. Sent ahead of the server's CopyInResponse, it says which Syncs are part of the data. */
  copyEnded(): void {
    if (this.copying) this.copying = false
    else if (this.head < this.queue.length) this.push({ kind: 'copyEnd' })
  }

  private extended(asked: Asked): void {
    if (!this.skipping) this.push(asked)
  }

  private push(asked: Asked): void {
    if (this.queue.length - this.head >= ASKED_MAX) throw new TrackLost('too many messages that are not answered yet')
    if (this.asker !== 'client') asked.origin = this.asker
    this.queue.push(asked)
  }

  // ── what the server answers ──

  /** Who asked for what is answered now. */
  get origin(): Origin {
    return this.queue[this.head]?.origin ?? 'client'
  }

  /** What is answered now is awaited: nothing was sent behind it. */
  get awaited(): boolean {
    const asked = this.queue[this.head]
    return asked?.kind === 'execute' && asked.awaited
  }

  /** And it is a write, by what the server has answered before. */
  awaitsWrite(): boolean {
    const asked = this.queue[this.head]
    return asked?.kind === 'execute' && asked.awaited && this.resolved(this.portal(asked.portal).outcome).type === 'write'
  }

  /** The server drops everything up to a Sync that has not been sent. */
  get skips(): boolean {
    return this.skipping
  }

  /** What the rows that come now count for; undefined where they count for nothing. */
  counted(): Counted | undefined {
    const asked = this.queue[this.head]
    if (asked?.kind === 'query') return this.ofStatement(asked.outcomes[asked.at] ?? UNKNOWN)
    if (asked?.kind !== 'execute') throw new TrackLost('rows that nobody asked for')
    const portal = this.portal(asked.portal)
    const outcome = this.resolved(portal.outcome)
    switch (outcome.type) {
      case 'rows': case 'copy':
        return portal
      case 'fetch':
        return this.portal(nameKey(outcome.cursor))
      default:
        return undefined
    }
  }

  private ofStatement(given: Outcome): Counted | undefined {
    const outcome = this.resolved(given)
    switch (outcome.type) {
      case 'rows': case 'copy':
        return (this.passing ??= counted(outcome))
      case 'fetch':
        return this.portal(nameKey(outcome.cursor))
      default:
        return undefined
    }
  }

  /** EXECUTE stands for what was prepared. */
  private resolved(given: Outcome): Outcome {
    let outcome = given
    for (let i = 0; outcome.type === 'execute'; i++) outcome = i < CHAIN_MAX ? (this.statements.get(nameKey(outcome.name)) ?? UNKNOWN) : UNKNOWN
    return outcome
  }

  /** One that nobody has seen being made may be a function's: it counts from now on. */
  private portal(name: string): Counted {
    const known = this.portals.get(name)
    if (known !== undefined) return known
    const made = counted(UNKNOWN)
    this.remember(this.portals, name, made)
    return made
  }

  /** The closing answer of an extended message, or CommandComplete of a statement in a simple query. */
  answered(tag: number): void {
    const asked = this.queue[this.head]
    if (asked?.kind === 'query') {
      if (tag === backend.commandComplete) this.completed(asked.outcomes[asked.at++] ?? OTHER)
      this.passing = undefined
      return
    }
    this.copying = false
    this.copySyncs = 0
    switch (asked?.kind) {
      case 'parse':
        this.expect(tag === backend.parseComplete)
        this.remember(this.statements, asked.name, asked.outcome)
        break
      case 'bind':
        this.expect(tag === backend.bindComplete)
        this.remember(this.portals, asked.portal, counted(this.statements.get(asked.statement) ?? UNKNOWN))
        break
      case 'describe':
        this.expect(tag === backend.rowDescription || tag === backend.noData)
        break
      case 'close':
        this.expect(tag === backend.closeComplete)
        if (asked.portal) this.portals.delete(asked.name)
        else this.statements.delete(asked.name)
        break
      case 'execute':
        this.expect(tag === backend.commandComplete || tag === backend.portalSuspended || tag === backend.emptyQueryResponse)
        if (tag === backend.commandComplete) this.completed(this.portal(asked.portal).outcome)
        break
      default:
        throw new TrackLost('an answer that nobody asked for')
    }
    this.next()
  }

  /** A statement is done: what it makes of the session's names holds. */
  private completed(given: Outcome): void {
    const outcome = this.resolved(given)
    switch (outcome.type) {
      case 'declare':
        this.remember(this.portals, nameKey(outcome.cursor), counted(UNKNOWN, outcome.hold))
        break
      case 'close':
        if (outcome.cursor === undefined) this.portals.clear()
        else this.portals.delete(nameKey(outcome.cursor))
        break
      case 'prepare':
        this.remember(this.statements, nameKey(outcome.name), outcome.outcome)
        break
      case 'deallocate':
        if (outcome.name === undefined) this.statements.clear()
        else this.statements.delete(nameKey(outcome.name))
        break
      case 'discardAll':
        this.statements.clear()
        this.portals.clear()
        break
      default:
        break
    }
  }

  copyInStarted(): void {
    this.copying = true
    for (let i = this.head + 1; i < this.queue.length; ) {
      const { kind } = this.queue[i] as Asked
      if (kind === 'copyEnd') {
        this.queue.splice(i, 1)
        this.copying = false
        return
      }
      if (kind === 'sync') {
        this.queue.splice(i, 1)
        this.copySyncs++
      } else i++
    }
  }

  /** @throws TrackLost where a COPY failed behind a Sync: whether the server took that for part of the data cannot be known */
  error(): void {
    this.passing = undefined
    this.copying = false
    if (this.copySyncs > 0) throw new TrackLost('a COPY failed that a Sync came behind')
    const asked = this.queue[this.head]
    if (asked === undefined || asked.kind === 'query' || asked.kind === 'sync') return
    while (this.head < this.queue.length && this.queue[this.head]?.kind !== 'sync') this.next()
    this.skipping = this.head >= this.queue.length
  }

  ready(status: number): void {
    this.passing = undefined
    this.copying = false
    this.copySyncs = 0
    const asked = this.queue[this.head]
    if (asked?.kind !== 'query' && asked?.kind !== 'sync') throw new TrackLost('a ReadyForQuery that nobody asked for')
    this.next()
    // With the transaction its portals went.
    if (status !== IDLE || this.portals.size === 0) return
    for (const [name, portal] of this.portals) if (!portal.hold) this.portals.delete(name)
  }

  private next(): void {
    do {
      const asked = this.queue[this.head]
      if (asked?.kind === 'parse' && asked.writes) this.writes?.answered('parse', asked.name)
      else if (asked?.kind === 'bind' && asked.writes) this.writes?.answered('bind', asked.portal)
      this.head++
    } while (this.queue[this.head]?.kind === 'copyEnd')
    if (this.head < 64 && this.head < this.queue.length) return
    this.queue = this.queue.slice(this.head)
    this.head = 0
  }

  private expect(fits: boolean): void {
    if (!fits) throw new TrackLost('answers come in another order')
  }

  private remember<Value>(names: Map<string, Value>, name: string, value: Value): void {
    if (names.size >= NAMES_MAX && !names.has(name)) throw new TrackLost('too many prepared statements or cursors')
    names.set(name, value)
  }
}

const counted = (outcome: Outcome, hold = false): Counted => ({ outcome, hold, delivered: 0, cut: false, header: outcome.type === 'copy' && outcome.header })
