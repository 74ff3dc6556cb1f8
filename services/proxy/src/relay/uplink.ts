/**
 * Client to database. Headers are walked, bodies are not touched; statements of a gated session are shown to the gate
 * before they go. What one read brought leaves in one write.
 */
import { frontend, HEADER_BYTES, MESSAGE_BYTES_MAX, MessageWriter } from '@pgbeam/pg-wire'
import type { Outcome } from '@pgbeam/policy'
import { hasNames, noteAsked } from './asked.js'
import { isReplacement, type Denial, type Judgement, type RelayGate } from './gate.js'
import type { Session } from './session.js'
import { traffic } from './traffic.js'

/** The longest name of a statement or portal that is looked past; Postgres itself uses 63 bytes of it. */
const NAME_BYTES_MAX = 4096

const NONE: readonly Outcome[] = []

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

  constructor(
    private readonly session: Session,
    private readonly gate: RelayGate,
  ) {}

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
    this.walk(chunk)
  }

  /** Cancels the statement that waits to be judged. @returns whether there was one */
  cancelWaiting(): boolean {
    this.cancelled = this.waiting
    return this.waiting
  }

  private walk(chunk: Buffer): void {
    const { session, gate } = this
    const { track } = session
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
      if (track !== undefined && !hasNames(chunk, at, Math.min(next, end))) {
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
              this.waiting = true
              this.held = Buffer.from(chunk.subarray(at))
              this.forward(chunk, from, at, corked)
              session.holdClient(true)
              return
            }
            if (verdict === 'malformed') {
              this.forward(chunk, from, at, corked)
              session.violate('invalid string in message')
              return
            }
            if (isReplacement(verdict)) {
              if (verdict.replacement !== undefined) replacement = replaced(chunk, at, next, simple, verdict.replacement)
              outcomes = verdict.outcomes ?? NONE
            } else denial = verdict
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
        case frontend.bind:
        case frontend.execute:
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
      if (track !== undefined) noteAsked(track, chunk, at, outcomes)
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
        session.writeUpstream(session.refusals.replace(denial, tag !== frontend.parse))
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

  private readonly onDecided = (verdict: Judgement): void => {
    if (this.session.over) return
    this.decided = { verdict: this.cancelled ? CANCELLED : verdict }
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

/** The message with another text. A Parse keeps its name before it and its parameter types behind. */
function replaced(chunk: Buffer, at: number, next: number, simple: boolean, text: Buffer): Buffer {
  const writer = new MessageWriter(chunk[at] as number)
  if (simple) return writer.bytes(text).byte(0).build()
  const start = chunk.indexOf(0, at + HEADER_BYTES) + 1
  return writer.bytes(chunk.subarray(at + HEADER_BYTES, start)).bytes(text).bytes(chunk.subarray(chunk.indexOf(0, start), next)).build()
}
