/**
 * What a session does while the proxy has no lease: nothing is forwarded, neither side is read, and what arrives all the same
 * waits. With a lease again it goes first, in its order. Nothing that is held is overtaken. When that takes too long, a session
 * that is at nothing stays, for as long as its client asks for nothing.
 */
import type { EndReason } from './session-options.js'

/** Why sessions end that cannot wait for a lease, or have waited too long. */
export const LEASE_LOST: EndReason = {
  sqlState: '57P01',
  message: 'this proxy has lost its control plane, and may not serve without it',
  hint: 'Connect again: another proxy answers, or this one when it is back.',
}

/** The session, as far as this is concerned. */
export interface HeldSession {
  readonly over: boolean
  /** Whether the proxy may forward now, by clocks that are read for this very question. */
  readonly serves: () => boolean
  /** Called when it may not. */
  readonly onFenced: () => void
  /** Bytes that were handed over and have not left yet. */
  readonly queued: boolean
  /** Nothing is unanswered, and no transaction is open. */
  readonly idle: boolean
  pauseBoth(): void
  readBoth(): void
  readClient(): void
  end(reason: EndReason): unknown
  /** By the credential's expiry; false ends the session. */
  mayForward(): boolean
  writeUpstream(data: Buffer): void
  writeClient(data: Buffer, owned: boolean): void
  fromClient(chunk: Buffer): void
  fromUpstream(chunk: Buffer, borrowed: boolean): void
  crashed(error: unknown): void
}

interface Kept {
  readonly fromClient: Buffer[]
  /** Judged, and not written yet. */
  readonly decided: Buffer[]
  /** Read and looked at, and not written yet. */
  readonly answers: Buffer[]
  readonly fromUpstream: Buffer[]
}

export class LeaseHold {
  private kept: Kept | undefined
  /** The grace is over, and there was nothing to wait for. */
  private resting = false

  constructor(private readonly session: HeldSession) {}

  get active(): boolean {
    return this.kept !== undefined
  }

  // Each message asks one of these. @returns whether it is kept: then it must not be passed on

  keepsFromClient(chunk: Buffer): boolean {
    if (!this.mustHold()) return false
    this.kept?.fromClient.push(chunk)
    this.endIfResting()
    return true
  }

  /** The lease is asked here once more: time passes while a long text is walked and judged. */
  keepsDecided(data: Buffer): boolean {
    if (!this.mustHold()) return false
    this.kept?.decided.push(data)
    this.endIfResting()
    return true
  }

  /**
   * And here for the client, right before the write: a process may be stopped at any instruction, and what it does between this
   * look and the write it does unasked when it goes on.
   * @param borrowed the bytes are overwritten by the next read
   */
  keepsAnswer(data: Buffer, borrowed: boolean): boolean {
    if (!this.mustHold()) return false
    this.kept?.answers.push(borrowed ? Buffer.from(data) : data)
    return true
  }

  /** @param borrowed the bytes are overwritten by the next read */
  keepsFromUpstream(chunk: Buffer, borrowed: boolean): boolean {
    if (!this.mustHold()) return false
    this.kept?.fromUpstream.push(borrowed ? Buffer.from(chunk) : chunk)
    return true
  }

  /** It asks for something. That would wait for nobody knows how long; another proxy may answer at once. */
  private endIfResting(): void {
    if (this.resting && !this.session.serves()) this.session.end(LEASE_LOST)
  }

  /** Nothing that is held is overtaken, and nothing passes without a lease. */
  private mustHold(): boolean {
    if (this.kept) return true
    if (this.session.serves()) return false
    this.begin()
    this.session.onFenced()
    return true
  }

  /**
   * The proxy may not forward. What has been handed over and not left yet would leave without anybody asking: such a session
   * cannot be put on hold, and ends.
   */
  begin(): void {
    const { session } = this
    if (this.kept || session.over) return
    this.kept = { fromClient: [], decided: [], answers: [], fromUpstream: [] }
    session.pauseBoth()
    if (session.queued) session.end({ ...LEASE_LOST, detail: 'data of this session was on its way' })
  }

  /**
   * There was no lease for longer than anybody should wait. A session that is at nothing may stay on its sockets: from here on
   * its client is read again, and hears of it when it asks for something.
   * @returns false for one that is at something, or has something waiting: it is to be ended
   */
  rest(): boolean {
    const { kept, session } = this
    if (!kept || session.over) return true
    if (!session.idle || kept.fromClient.length + kept.decided.length + kept.answers.length + kept.fromUpstream.length > 0) return false
    if (this.resting) return true
    this.resting = true
    session.readClient()
    return true
  }

  /** It may again: what was held goes first. */
  goOn(): void {
    const { kept, session } = this
    if (!kept || session.over || !session.serves()) return
    if (!session.mayForward()) return // it expired meanwhile: what had been decided before counts no more
    this.kept = undefined
    this.resting = false
    try {
      for (const data of kept.decided) session.writeUpstream(data)
      for (const data of kept.answers) session.writeClient(data, true)
      for (const chunk of kept.fromUpstream) session.fromUpstream(chunk, false)
      for (const chunk of kept.fromClient) session.fromClient(chunk)
    } catch (error) {
      session.crashed(error)
    }
    session.readBoth()
  }

  /**
   * The session is over: what was held dies with it.
   * @returns whether the client's stream lacks some of what it has been accounted for, and so nothing may follow in it
   */
  drop(): boolean {
    const lacking = (this.kept?.answers.length ?? 0) > 0
    this.kept = undefined
    return lacking
  }
}
