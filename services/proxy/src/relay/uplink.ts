/**
 * Client to database. Headers are walked, bodies are not touched; statements of a gated session are shown to the gate
 * before they go. What one read brought leaves in one write.
 */
import { frontend, HEADER_BYTES, MESSAGE_BYTES_MAX, parseMessage } from '@pgbeam/pg-wire'
import type { Outcome } from '@pgbeam/policy'
import type { AnswerTrack } from './answer-track.js'
import { hasNames, noteAsked } from './asked.js'
import type { Spending } from './budget.js'
import { isReplacement, UNMOVED, type Denial, type Judgement, type RelayGate, type Replacement } from './gate.js'
import { replaced, textOf } from './replaced.js'
import type { Session } from './session.js'
import { BATCH_OPEN, CLOSE_UNNAMED, FLUSH, SYNC, UNNAMED, type Script } from './simple-query.js'
import { endsTransaction, statementsIn } from './statement-texts.js'
import { traffic } from './traffic.js'
import { TransactionEnd } from './transaction-end.js'

/** The longest name of a statement or portal that is looked past; Postgres itself uses 63 bytes of it. */
const NAME_BYTES_MAX = 4096

const NONE: readonly Outcome[] = []
const AWAITING_BYTES_MAX = 1 << 20
const COPY_FAIL_BYTES_MAX = 65_536

/** As the server says it. */
const CANCELLED: Denial = { sqlState: '57014', message: 'canceling statement due to user request' }

export class Uplink {
  /** An incomplete header, or an incomplete statement that the gate must see whole. Copied: a chunk is not kept. */
  private held: Buffer | undefined
  /** What came behind `held` while that statement is still incomplete, and how long it will be: it is put together once. */
  private more: Buffer[] = []
  private moreBytes = 0
  private heldNeeds = 0
  /** Bytes of the current message still to be forwarded unread. */
  private passing = 0
  /** Bytes of a refused message still to come. */
  private discarding = 0
  /** A statement is being judged elsewhere; what came behind it waits in `held`. */
  private waiting = false
  /** Its client has asked for it to be cancelled: the server does not have it yet, so it never gets it. */
  private cancelled = false
  private decided: { verdict: Judgement } | undefined
  /** A write's end is awaited; what came behind it waits in `held`. */
  awaiting = false
  /** Its data is being read. */
  private copyIn = false
  private script: Script | undefined
  /** The policy holds the session to UTF-8. */
  private readonly utf8: boolean
  private readonly transactionEnd = new TransactionEnd()

  constructor(
    private readonly session: Session,
    private readonly gate: RelayGate,
  ) {
    this.utf8 = gate.watched.get('client_encoding') === 'UTF8'
  }

  onData(input: Buffer): void {
    const session = this.session
    if (session.over || !session.mayForward()) return
    traffic.bytesFromClients += input.length
    let chunk = input
    if (this.held !== undefined) {
      if (this.held.length + this.moreBytes + input.length < this.heldNeeds) {
        this.more.push(Buffer.from(input))
        this.moreBytes += input.length
        return
      }
      chunk = Buffer.concat([this.held, ...this.more, input])
      this.held = undefined
      this.more = []
      this.moreBytes = 0
      this.heldNeeds = 0
    }
    if (this.waiting) {
      this.held = chunk
      return
    }
    if (this.awaiting && !this.copyIn) {
      this.held = chunk
      // It is read on, so that a client that goes away is noticed; but not without end.
      if (chunk.length > AWAITING_BYTES_MAX) session.holdClient(true)
      return
    }
    this.walk(chunk)
  }

  // ── writes whose rows are counted ──

  /** Sends a simple query statement by statement, up to one whose end has to be awaited. */
  private run(script: Script): void {
    const { session } = this
    const track = session.track as AnswerTrack
    const messages: Buffer[] = []
    this.script = script
    this.awaiting = false
    while (script.at < script.outcomes.length && !this.awaiting) {
      const outcome = script.outcomes[script.at] as Outcome
      track.asker = script.at === script.outcomes.length - 1 ? 'proxy, last' : 'proxy'
      messages.push(parseMessage('', script.texts[script.at++] as string), UNNAMED)
      track.parse('', [outcome])
      track.bind('', '')
      track.describe()
      this.awaiting = track.execute('')
      for (let i = 0; i < 4; i++) session.extended()
    }
    track.asker = 'client'
    if (this.awaiting) messages.push(FLUSH)
    else messages.push(...this.endScript())
    session.writeUpstream(Buffer.concat(messages))
    if (!this.awaiting) this.takeHeld()
  }

  /** A simple query leaves no unnamed statement behind, and ends its transaction. */
  private endScript(): Buffer[] {
    const { session } = this
    const track = session.track as AnswerTrack
    this.script = undefined
    track.asker = 'proxy'
    track.close(false, '')
    track.sync()
    track.asker = 'client'
    session.extended()
    session.synced()
    return [CLOSE_UNNAMED, SYNC]
  }

  /** What was awaited has been answered. @param denial it is rolled back, and this is said */
  release(denial: Denial | undefined): void {
    const { session } = this
    if (session.over) return
    this.copyIn = false
    const failed = denial !== undefined || session.track?.skips === true
    if (!failed && this.script !== undefined) return this.run(this.script)
    this.awaiting = false
    const messages: Buffer[] = []
    if (denial !== undefined) {
      messages.push(session.refusals.replace(denial, false))
      session.track?.parse('', NONE)
      session.extended()
    }
    if (this.script !== undefined) messages.push(...this.endScript())
    if (messages.length > 0) session.writeUpstream(Buffer.concat(messages))
    this.takeHeld()
  }

  private takeHeld(): void {
    const chunk = this.held
    this.held = undefined
    this.session.holdClient(false)
    if (chunk !== undefined && this.session.mayForward()) this.walk(chunk)
  }

  /** The server reads COPY data of the write that is awaited. */
  copyInStarted(): void {
    if (!this.awaiting) return
    this.copyIn = true
    this.takeHeld()
  }

  /**
   * The end of COPY data goes on, and what is behind it waits. A Sync or Flush among the data means nothing to the server.
   * @returns where to go on; undefined where nothing more is to be taken
   */
  private endCopyIn(chunk: Buffer, from: number, at: number, corked: boolean): number | undefined {
    const { session } = this
    const tag = chunk[at] as number
    const next = at + 1 + chunk.readInt32BE(at + 1)
    this.forward(chunk, from, at, corked)
    if (next > chunk.length && next - at <= COPY_FAIL_BYTES_MAX) {
      this.held = Buffer.from(chunk.subarray(at))
      return undefined
    }
    if (tag === frontend.sync || tag === frontend.flush) return next
    if ((tag !== frontend.copyDone && tag !== frontend.copyFail) || next > chunk.length || next < at + HEADER_BYTES) {
      if (tag === frontend.terminate) session.clientTerminated()
      session.violate('unexpected message during COPY from stdin')
      return undefined
    }
    session.copyInEnded()
    session.track?.copyEnded()
    session.writeUpstream(Buffer.concat([chunk.subarray(at, next), FLUSH]))
    this.copyIn = false
    if (next < chunk.length) this.held = Buffer.from(chunk.subarray(next))
    return undefined
  }

  /** Whether nothing that was sent to the database is only a part of a message. */
  get atBoundary(): boolean {
    return this.passing === 0
  }

  /** Cancels the statement that waits to be judged. @returns whether there was one */
  cancelWaiting(): boolean {
    this.cancelled = this.waiting
    return this.waiting
  }

  private walk(chunk: Buffer): void {
    const { session, gate } = this
    const { budget, track } = session
    const end = chunk.length
    let from = 0 // start of what is to be forwarded and has not been
    let at = 0
    let corked = false
    if (this.passing > 0) {
      at = Math.min(this.passing, end)
      this.passing -= at
    } else if (this.discarding > 0) {
      from = at = Math.min(this.discarding, end)
      this.discarding -= at
    }
    while (at < end) {
      if (this.copyIn && end - at >= HEADER_BYTES && chunk[at] !== frontend.copyData) {
        const stop = this.endCopyIn(chunk, from, at, corked)
        if (stop === undefined) return
        from = at = stop
        corked = false
        continue
      }
      if (end - at < HEADER_BYTES) {
        this.held = Buffer.from(chunk.subarray(at))
        break
      }
      const tag = chunk[at] as number
      const length = chunk.readInt32BE(at + 1)
      if (length < 4 || length - 4 > MESSAGE_BYTES_MAX) {
        session.violate(`invalid message length`)
        return
      }
      const next = at + 1 + length
      if (track !== undefined && !hasNames(chunk, at, Math.min(next, end), next <= end)) {
        this.forward(chunk, from, at, corked)
        if (next <= end || end - at > 2 * NAME_BYTES_MAX) session.violate('invalid string in message')
        else this.held = Buffer.from(chunk.subarray(at))
        return
      }
      let denial: Denial | undefined
      let replacement: Buffer | undefined
      let outcomes: readonly Outcome[] = NONE
      switch (tag) {
        case frontend.query:
        case frontend.parse: {
          const simple = tag === frontend.query
          if (!gate.reads) {
            if (simple) session.requested()
            else session.extended()
            break
          }
          if (length > gate.textBytesMax + NAME_BYTES_MAX) denial = gate.tooLong()
          else if (next > end) {
            this.held = Buffer.from(chunk.subarray(at))
            this.heldNeeds = next - at
            this.forward(chunk, from, at, corked)
            return
          } else {
            const verdict = this.judge(chunk, at, next, simple)
            if (verdict === 'later') {
              this.wait(chunk, from, at, corked)
              return
            }
            if (verdict === 'malformed') {
              this.forward(chunk, from, at, corked)
              session.violate('invalid string in message')
              return
            }
            if (isReplacement(verdict)) {
              if (verdict.replacement !== undefined) replacement = replaced(chunk, at, next, simple, verdict)
              outcomes = verdict.outcomes ?? NONE
            } else denial = verdict
            if (budget !== undefined && simple && denial === undefined) {
              const start = at + HEADER_BYTES
              const spending = endsTransaction(chunk, start, next - 1) ? undefined : this.spend(statementsIn(chunk, start, next - 1, this.utf8))
              if (spending === 'later') {
                this.wait(chunk, from, at, corked)
                return
              }
              denial = spending
            }
            gate.answers?.sent(isReplacement(verdict) ? verdict.shift : UNMOVED, !session.busy)
            if (denial === undefined && simple && track?.queryAwaits(outcomes) === true) {
              if (track.batchOpen) denial = BATCH_OPEN
              else {
                this.forward(chunk, from, at, corked)
                if (next < end) this.held = Buffer.from(chunk.subarray(next))
                this.run({ texts: (verdict as Replacement).parts ?? [textOf(replacement ?? chunk.subarray(at, next))], outcomes, at: 0 })
                return
              }
            }
          }
          if (simple) session.requested()
          else session.extended()
          break
        }
        case frontend.functionCall:
          denial = gate.functionCall()
          session.requested()
          break
        case frontend.sync:
          session.synced()
          break
        case frontend.terminate:
          session.clientTerminated()
          break
        case frontend.execute:
          if (budget !== undefined && !this.transactionEnd.passes(tag, chunk, at, next)) {
            const spending = this.spend(1)
            if (spending === 'later') {
              this.wait(chunk, from, at, corked)
              return
            }
            denial = spending
          }
          session.extended()
          break
        case frontend.bind:
        case frontend.describe:
        case frontend.close:
          session.extended()
          break
        case frontend.flush:
        case frontend.copyData:
          break
        case frontend.copyDone:
        case frontend.copyFail:
          session.copyInEnded()
          break
        default:
          this.forward(chunk, from, at, corked)
          session.violate(`invalid frontend message type ${tag}`)
          return
      }
      if (budget !== undefined && tag !== frontend.execute) this.transactionEnd.passes(denial === undefined ? tag : 0, chunk, at, next)
      if (track !== undefined && noteAsked(track, chunk, at, outcomes, denial !== undefined)) {
        this.forward(chunk, from, next, corked)
        session.writeUpstream(FLUSH)
        if (next < end) this.held = Buffer.from(chunk.subarray(next))
        this.awaiting = true
        return
      }
      if (denial !== undefined) {
        traffic.refusals++
        if (session.refusals.full) {
          session.violate('too many refused statements in one pipeline')
          return
        }
        if (!corked) {
          session.upstream.stream.cork()
          corked = true
        }
        if (at > from) session.writeUpstream(chunk.subarray(from, at))
        session.writeUpstream(session.refusals.replace(denial, tag !== frontend.parse && tag !== frontend.execute))
        if (next > end) this.discarding = next - end
        from = at = Math.min(next, end)
      } else if (replacement !== undefined) {
        if (!corked) {
          session.upstream.stream.cork()
          corked = true
        }
        if (at > from) session.writeUpstream(chunk.subarray(from, at))
        session.writeUpstream(replacement)
        from = at = next
      } else if (next > end) {
        this.passing = next - end
        at = end
      } else at = next
    }
    this.forward(chunk, from, at, corked)
  }

  private forward(chunk: Buffer, from: number, to: number, corked: boolean): void {
    if (to > from) this.session.writeUpstream(from === 0 && to === chunk.length ? chunk : chunk.subarray(from, to))
    if (corked) this.session.upstream.stream.uncork()
  }

  /** Finds the text inside the message and asks the gate. */
  private judge(chunk: Buffer, at: number, next: number, simple: boolean): Judgement | 'later' | 'malformed' {
    if (this.decided) {
      const { verdict } = this.decided
      this.decided = undefined
      return verdict
    }
    traffic.statements++
    let start = at + HEADER_BYTES
    if (!simple) {
      start = chunk.indexOf(0, start) + 1
      if (start === 0 || start > next) return 'malformed'
    }
    const end = simple ? next - 1 : chunk.indexOf(0, start)
    if (end < start || end >= next || chunk[end] !== 0) return 'malformed'
    // A NUL inside a Query ends its text for the server and must for us.
    if (simple && chunk.indexOf(0, start) !== end) return 'malformed'
    return this.gate.judge(chunk, start, end, next, simple, this.onDecided)
  }

  /** Counts what is about to run. Nothing runs in a transaction that has failed, but for the end of it, which nobody is kept from. */
  private spend(statements: number): Spending {
    const { session } = this
    if (this.decided) {
      const denial = this.decided.verdict as Denial
      this.decided = undefined
      return denial
    }
    const counted = session.mayEndTransaction ? statements - 1 : statements
    const spending = counted > 0 ? session.budget?.statements(counted) : undefined
    if (spending === 'later') session.budget?.whenAnswered(this.onBudget)
    else session.mayEndTransaction = false
    return spending
  }

  private readonly onBudget = (): void => {
    if (this.cancelled) this.onDecided(CANCELLED)
    else this.goOn()
  }

  /** What stands at `at`, and all behind it, waits. */
  private wait(chunk: Buffer, from: number, at: number, corked: boolean): void {
    this.waiting = true
    this.held = Buffer.from(chunk.subarray(at))
    this.forward(chunk, from, at, corked)
    this.session.holdClient(true)
  }

  private readonly onDecided = (verdict: Judgement): void => {
    if (this.session.over) return
    this.decided = { verdict: this.cancelled ? CANCELLED : verdict }
    this.goOn()
  }

  private goOn(): void {
    if (this.session.over) return
    this.waiting = false
    this.cancelled = false
    const chunk = this.held as Buffer
    this.held = undefined
    this.session.holdClient(false)
    try {
      if (this.session.mayForward()) this.walk(chunk)
    } catch (error) {
      this.session.crashed(error)
    }
  }
}
