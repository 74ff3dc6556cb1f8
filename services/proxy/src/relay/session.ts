/**
 * One client and one database session, joined. Everything that ends it comes through `end`, which is synchronous: when it
 * returns, nothing more is forwarded in either direction.
 */
import type { TLSSocket } from 'node:tls'
import { errorResponse } from '@pgbeam/pg-wire'
import type { Upstream } from '../connect/connector.js'
import { AffectedLimit } from './affected-limit.js'
import { AnswerTrack, TrackLost } from './answer-track.js'
import type { SessionBudget } from './budget.js'
import { coarseClock } from './clock.js'
import { Conversation } from './conversation.js'
import { Downlink } from './downlink.js'
import type { Denial, RelayGate } from './gate.js'
import { LeaseHold, type HeldSession } from './lease-hold.js'
import { Refusals } from './refusals.js'
import { ResultBudget, type CutSession } from './result-budget.js'
import { RowLimit } from './row-limit.js'
import { traffic } from './traffic.js'
import type { EndReason, SessionOptions } from './session-options.js'
import { Uplink } from './uplink.js'
import { WriteForesight } from './write-foresight.js'

const IDLE = 'I'.charCodeAt(0)
const FAILED = 'E'.charCodeAt(0)
/**
 * A client that closed its side may wait for answers, or be gone: TCP does not tell. It gets this long for what still runs;
 * then the database hears of the end, and stops the statement.
 */
const HALF_CLOSED_MS = 5000
/** The server's own timeout comes first where it holds: its error says that time ran out, a cancel says only that somebody asked. */
const TIMEOUT_GRACE_MS = 250
/** How long a client may take to read its last message. */
const LINGER_MS = 1000

export class Session implements HeldSession, CutSession {
  readonly id: string
  readonly client: TLSSocket
  readonly upstream: Upstream
  readonly gate: RelayGate
  readonly budget: SessionBudget | undefined
  /** Where bytes of results are counted. */
  readonly results: ResultBudget | undefined
  readonly serves: () => boolean
  readonly onFenced: () => void
  readonly refusals = new Refusals()
  /** Where the policy counts rows. */
  readonly track: AnswerTrack | undefined
  readonly rowLimit: RowLimit | undefined
  readonly affectedLimit: AffectedLimit | undefined
  /** Nothing is forwarded any more, in either direction. */
  over = false
  /** The transaction has failed, and nothing was sent since: all that the server runs next is the end of it. */
  mayEndTransaction = false
  /** A statement of the open transaction may change the database's catalog. */
  definesSomething = false
  private readonly options: SessionOptions
  private readonly uplink: Uplink
  private readonly downlink: Downlink
  private readonly conversation = new Conversation()
  private readonly leaseHold = new LeaseHold(this)
  /** Coarse time since when the database has been at work on what it is at work on. */
  private busySinceMs = 0
  private status = IDLE
  private terminated = false
  private clientHeld = false
  private upstreamHeld = false
  private clientEnded = false
  private closed = false
  private leaving: EndReason | undefined
  private goodbyeSeen = false
  /** The client is gone; the database still works on what it sent, and an event must still find that. */
  private orphaned = false
  /** The database is gone; the client still reads. */
  private lingering = false

  constructor(options: SessionOptions) {
    this.options = options
    this.id = options.id
    this.client = options.client
    this.upstream = options.upstream
    this.gate = options.gate
    this.budget = options.budget
    this.results = options.budget?.countsBytes === true ? new ResultBudget(this, options.budget) : undefined
    this.serves = options.serves
    this.onFenced = options.onFenced
    const { limits } = options.gate
    const maxAffectedRows = limits?.maxAffectedRows
    this.track = limits && new AnswerTrack(maxAffectedRows === undefined ? undefined : new WriteForesight(maxAffectedRows))
    this.affectedLimit = this.track && maxAffectedRows !== undefined ? new AffectedLimit(maxAffectedRows, this.track, options.onLimit) : undefined
    this.rowLimit = this.track && limits?.maxRows !== undefined ? new RowLimit(limits.maxRows, this.track, options.onLimit) : undefined
    this.uplink = new Uplink(this, options.gate)
    this.downlink = new Downlink(this)
  }

  /** Wires both sides. Bytes that came early are taken first. */
  start(fromClient: Buffer, fromUpstream: Buffer): void {
    traffic.sessionsOpened++
    const { client, upstream } = this
    client.on('data', (chunk: Buffer) => {
      try {
        this.fromClient(chunk)
      } catch (error) {
        this.crashed(error)
      }
    })
    client.on('drain', () => {
      if (!this.leaseHold.active && !this.upstreamHeld) upstream.stream.resume()
    })
    client.on('end', () => {
      this.clientEnded = true
      this.passOnTheEnd()
      setTimeout(() => this.over || upstream.stream.end(), HALF_CLOSED_MS).unref()
    })
    client.on('error', () => undefined)
    client.on('close', () => {
      this.clientGone()
    })
    upstream.listen((chunk, borrowed) => {
      try {
        this.fromUpstream(chunk, borrowed)
      } catch (error) {
        this.crashed(error)
      }
    })
    upstream.stream.on('drain', () => {
      if (!this.clientHeld && !this.leaseHold.active) client.resume()
    })
    upstream.stream.on('end', () => {
      this.upstreamGone()
    })
    upstream.stream.on('close', () => {
      this.upstreamGone()
    })
    if (fromUpstream.length > 0) this.fromUpstream(fromUpstream, false)
    if (fromClient.length > 0) this.fromClient(fromClient)
    this.readBoth()
  }

  fromClient(chunk: Buffer): void {
    if (!this.leaseHold.keepsFromClient(chunk)) this.uplink.onData(chunk)
  }

  fromUpstream(chunk: Buffer, borrowed: boolean): void {
    if (!this.leaseHold.keepsFromUpstream(chunk, borrowed)) this.downlink.onData(chunk, borrowed)
  }

  // ── the proxy's lease ──

  /** The proxy may not forward. */
  hold(): void {
    if (!this.options.needsNoLease()) this.leaseHold.begin()
  }

  /** It may again. */
  goOn(): void {
    this.leaseHold.goOn()
  }

  /** It could not for too long. @returns whether the session may stay */
  restsWithoutLease(): boolean {
    return this.leaseHold.rest()
  }

  pauseBoth(): void {
    this.client.pause()
    this.upstream.stream.pause()
  }

  readBoth(): void {
    if (this.over || this.leaseHold.active) return
    if (!this.client.writableNeedDrain && !this.upstreamHeld) this.upstream.stream.resume()
    if (!this.clientHeld && !this.upstream.stream.writableNeedDrain) this.client.resume()
  }

  readClient(): void {
    if (!this.clientHeld) this.client.resume()
  }

  /** Something that was handed to a socket has not left yet. */
  get queued(): boolean {
    const { client, upstream } = this
    return upstream.stream.writableLength > 0 || upstream.raw.writableLength > 0 || (client.writableLength > 0 && !this.orphaned)
  }

  /** A statement is running, or an answer is under way. */
  get busy(): boolean {
    return this.conversation.busy
  }

  get idle(): boolean {
    return this.conversation.settled && this.status === IDLE
  }

  /**
   * The client will send no more, and may still read. What it sent stands and is answered; the database hears of the end
   * only then, since a server that watches its clients takes the end for a client that is gone, and stops its statement.
   */
  private passOnTheEnd(): void {
    if (this.clientEnded && !this.over && !this.conversation.busy && !this.uplink.awaiting) this.upstream.stream.end()
  }

  // ── called by the uplink ──

  mayForward(): boolean {
    if (!this.options.expired()) return true
    this.options.onExpired()
    return false
  }

  /** Query or FunctionCall. */
  requested(): void {
    this.startsWork()
    this.conversation.query()
  }

  /** Parse, Bind, Describe, Execute or Close. */
  extended(): void {
    this.startsWork()
    this.conversation.extended()
  }

  synced(): void {
    this.startsWork()
    this.conversation.sync()
  }

  copyInEnded(): void {
    this.conversation.copyEnded()
  }

  private startsWork(): void {
    if (!this.conversation.busy) this.busySinceMs = coarseClock.nowMs
  }

  clientTerminated(): void {
    this.terminated = true
  }

  writeUpstream(data: Buffer): void {
    if (this.over || this.upstream.stream.writableEnded) return // ended, or its client went, while the last statement was being judged
    if (this.leaseHold.keepsDecided(data)) return
    if (!this.upstream.stream.write(data)) this.client.pause()
  }

  /** Stops or restarts reading from the client while a statement is judged elsewhere. */
  holdClient(held: boolean): void {
    this.clientHeld = held
    if (held) this.client.pause()
    else if (!this.upstream.stream.writableNeedDrain && !this.leaseHold.active) this.client.resume()
  }

  // ── results that a budget ends ──

  get guarded(): boolean {
    return this.affectedLimit?.keeps === true || this.uplink.awaiting
  }

  get awaits(): Conversation['next'] {
    return this.conversation.next
  }

  get mayInject(): boolean {
    return this.uplink.atBoundary
  }

  async cancelStatement(): Promise<void> {
    await this.options.canceller.cancel(this.upstream)
  }

  injectFailure(denial: Denial, simple: boolean): void {
    if (simple) {
      this.requested()
      this.track?.query([])
    } else {
      this.extended()
      this.track?.parse('', [])
    }
    this.writeUpstream(this.refusals.replace(denial, simple))
  }

  endFor({ sqlState, message, detail, hint }: Denial): void {
    this.end({ sqlState, message: `${message}: the session ends, since other statements were on their way`, detail, hint })
  }

  holdUpstream(held: boolean): void {
    this.upstreamHeld = held
    if (held) this.upstream.stream.pause()
    else this.readBoth()
  }

  takeHeld(): void {
    try {
      this.fromUpstream(Buffer.alloc(0), false)
    } catch (error) {
      this.crashed(error)
    }
  }

  violate(message: string): void {
    this.end({ sqlState: '08P01', message })
  }

  // ── called by the downlink ──

  ready(status: number): void {
    this.rowLimit?.restart()
    this.track?.ready(status)
    this.status = status
    if (this.definesSomething && status === IDLE) {
      this.definesSomething = false
      this.options.onDefined()
    }
    this.conversation.ready()
    this.busySinceMs = coarseClock.nowMs
    this.mayEndTransaction = status === FAILED && !this.conversation.busy
    if (this.conversation.busy) return
    if (this.refusals.inFlight > 0) this.refusals.settle()
    if (this.clientEnded) this.passOnTheEnd()
    if (this.leaving && this.idle) setImmediate(() => this.leaving && this.idle && this.end(this.leaving))
  }

  /** The closing answer of one extended message. */
  answered(): void {
    this.conversation.answered()
    this.busySinceMs = coarseClock.nowMs
    if (this.clientEnded) this.passOnTheEnd()
  }

  errorAnswered(): void {
    this.rowLimit?.restart()
    this.affectedLimit?.forget()
    this.track?.error()
    this.conversation.error()
    if (this.uplink.awaiting && this.track?.skips === true) this.uplink.release(undefined)
  }

  /** What the uplink waits behind is done. @param denial why it is rolled back */
  writeDecided(denial: Denial | undefined): void {
    this.uplink.release(denial)
    if (this.clientEnded) this.passOnTheEnd()
  }

  copyInStarted(): void {
    this.track?.copyInStarted()
    this.conversation.copyInStarted()
    this.uplink.copyInStarted()
  }

  writeClient(data: Buffer, owned: boolean): void {
    if (this.orphaned || this.over || this.leaseHold.keepsAnswer(data, !owned)) return
    // A borrowed buffer is overwritten by the next read. A write that starts at once is encrypted (copied) before it
    // returns; one that has to queue behind another is not.
    const safe = owned || this.client.writableLength === 0 ? data : Buffer.from(data)
    if (!this.client.write(safe)) this.upstream.stream.pause()
  }

  /** The database says itself why it closes: nothing of ours is to be put behind that. */
  upstreamSaidGoodbye(): void {
    this.goodbyeSeen = true
  }

  guardChanged(name: string): void {
    this.end({
      sqlState: '42501',
      message: `this session changed ${name}, which its policy pins`,
      detail: 'rule: session_guard',
      hint: 'Connect again, and leave this setting as it is.',
    })
  }

  /** The database is about to send values that the policy hides: the rewriting missed something. */
  maskMissed(): void {
    this.options.onFailure(new Error('a masked column was about to be sent as it is'))
    this.end({
      sqlState: '42501',
      message: 'the answer to this statement holds a column that the policy masks',
      detail: 'rule: masked_relation',
      hint: 'Connect again and write the statement in another way; the operator finds it in the log.',
    })
  }

  /** A fault of ours, or a message that nobody thought of: it costs this session, and no other. */
  crashed(error: unknown): void {
    this.options.onFailure(error)
    if (error instanceof TrackLost) {
      this.end({ sqlState: '08P01', message: `the rows of this session can no longer be counted: ${error.message}`, detail: 'rule: max_rows', hint: 'Connect again.' })
      return
    }
    this.end({ sqlState: 'XX000', message: 'the proxy failed on this session', hint: 'Connect again; the operator finds the reason in the log.' })
  }

  upstreamViolated(): void {
    this.end({ sqlState: '08006', message: 'the database sent something that is not the Postgres protocol' })
  }

  // ── ending ──

  /**
   * Ends the session at once. The database's socket is reset first, so that bytes queued in it die with it; only then is
   * the running statement cancelled. (With the cancel first, or a FIN, a pipelined second statement runs and commits.)
   * @param options.defer takes what can wait: what the client is told, and the reset of a socket on which nothing can be under
   *   way, since the database has answered everything and holds nothing open
   * @returns whether a statement was running
   */
  end(reason: EndReason, options: { readonly defer?: (close: () => void) => void } = {}): boolean {
    if (this.over) return false
    this.over = true
    const lacking = this.leaseHold.drop()
    const wasBusy = this.busy
    const atRest = this.idle && !this.queued
    if (!atRest) this.resetUpstream()
    // Answers that queue here were read under the old state: not one more byte of them is handed on.
    if (lacking || this.client.writableLength > 0) this.client.destroy()
    const close = () => {
      if (atRest) this.resetUpstream()
      if (wasBusy) void this.options.canceller.cancel(this.upstream)
      this.sayGoodbye(reason)
    }
    if (options.defer) options.defer(close)
    else close()
    return wasBusy
  }

  private resetUpstream(): void {
    const { raw, stream } = this.upstream
    raw.resetAndDestroy()
    if (stream !== raw) stream.destroy()
  }

  /** After the database went by itself: what the client has not taken yet it does not get any more. */
  silence(): void {
    if (this.lingering && this.client.writableLength > 0) this.client.destroy()
  }

  /** Goes as soon as no statement runs and no transaction is open: the drain. */
  leaveWhenIdle(reason: EndReason): void {
    this.leaving = reason
    if (this.idle) this.end(reason)
  }

  /** Called by the coarse clock: the statement limit, kept outside the server too. */
  tick(nowMs: number): void {
    const limit = this.options.statementTimeoutMs
    if (limit > 0 && !this.over && this.busy && nowMs - this.busySinceMs > limit + TIMEOUT_GRACE_MS) {
      this.busySinceMs = nowMs // and again after as long: a statement that survived a cancel, or came right behind it
      void this.options.canceller.cancel(this.upstream)
    }
    if (!this.over && this.options.expired()) this.options.onExpired()
  }

  cancel(): void {
    if (this.over || this.leaseHold.active) return
    if (this.conversation.busy || !this.uplink.cancelWaiting()) void this.options.canceller.cancel(this.upstream)
  }

  private sayGoodbye(reason: EndReason): void {
    const { client } = this
    if (this.orphaned) return this.finish()
    // Bytes that still queue here were read under the old state: they are not sent any more.
    if (!this.downlink.atBoundary || client.writableLength > 0 || client.destroyed) {
      client.destroy()
      return
    }
    client.end(errorResponse({ severity: 'FATAL', ...reason }))
    client.resume() // what the client still sends is read and dropped: an unread byte would turn our FIN into a reset
    setTimeout(() => client.destroy(), LINGER_MS).unref()
  }

  private clientGone(): void {
    if (!this.over) {
      // As a direct client that goes away: what it sent stands, and the server ends the session when it is done with it.
      // Until then the session is one that an event ends, running statement and all.
      this.orphaned = true
      const { raw, stream } = this.upstream
      stream.end()
      if (!this.leaseHold.active) stream.resume() // without a lease what comes is kept: a database that goes on sending must not fill the memory
      if (!this.busy) setTimeout(() => raw.destroy(), LINGER_MS).unref()
      return
    }
    this.finish()
  }

  private upstreamGone(): void {
    if (this.over) return
    this.over = true
    const lacking = this.leaseHold.drop()
    this.upstream.raw.destroy()
    if (this.orphaned) {
      this.finish()
      return
    }
    this.lingering = true
    if (!this.goodbyeSeen && !this.terminated && !this.clientEnded && this.busy && this.downlink.atBoundary && !lacking)
      this.client.write(
        errorResponse({
          severity: 'FATAL',
          sqlState: '08006',
          message: 'the database closed the connection while a statement was running',
          hint: 'Whether the statement took effect is not known; connect again and look.',
        }),
      )
    this.client.end()
    const client = this.client
    client.resume()
    setTimeout(() => client.destroy(), 30_000).unref() // a client that still reads a long answer may take its time
  }

  private finish(): void {
    if (this.closed) return
    this.closed = true
    traffic.sessionsEnded++
    this.options.onClosed()
  }
}
