/**
 * Database to client. Headers are walked so that it is always known whether the client's stream stands between two
 * messages; a message is looked into only where it changes what the proxy knows, and held back only while incomplete.
 */
import { backend, HEADER_BYTES, parseParameterStatus } from '@pgbeam/pg-wire'
import { KEPT_BYTES_MAX } from './affected-limit.js'
import { mayDefine } from './defining-tags.js'
import { BINARY_END_BYTES } from './row-limit.js'
import type { Session } from './session.js'
import { traffic } from './traffic.js'

/** ParameterStatus and errors are small; a longer one passes unread. */
const LOOKED_INTO_BYTES_MAX = 65_536
/** The same for sessions whose answers are filtered: there nothing passes unread, and a longer one ends the session. */
const FILTERED_BYTES_MAX = 1 << 20
const DATA_ROW = 'D'.charCodeAt(0)
const COPY_DATA = 'd'.charCodeAt(0)
const COPY_DONE = 'c'.charCodeAt(0)
const NOTHING = Buffer.alloc(0)
/** The messages with which the server closes its answer to one extended message. */
const CLOSING = new Uint8Array(256)
for (const tag of [backend.parseComplete, backend.bindComplete, backend.closeComplete, backend.rowDescription, backend.noData, backend.commandComplete, backend.portalSuspended, backend.emptyQueryResponse])
  CLOSING[tag] = 1

export class Downlink {
  private held: Buffer | undefined
  private passing = 0
  /** Bytes of a message still to come that the client does not get. */
  private dropping = 0
  /** The rows to come were described as holding a column that is hidden. Its table was changed, and the statement fails; else no row of it passes. */
  private suspect = false

  constructor(private readonly session: Session) {}

  /** Whether a message of ours may stand here. */
  get atBoundary(): boolean {
    return this.passing === 0
  }

  /** @param borrowed the bytes are overwritten by the next read: what is kept must be copied */
  onData(input: Buffer, borrowed: boolean): void {
    const session = this.session
    if (session.over) return
    const { results } = session
    if (results?.holding === true) {
      this.held = Buffer.concat([this.held ?? NOTHING, input])
      return
    }
    let chunk = input
    let owned = !borrowed
    if (this.held !== undefined) {
      chunk = Buffer.concat([this.held, input])
      owned = true
      this.held = undefined
    }
    const { answers } = session.gate
    const { track, rowLimit, affectedLimit } = session
    const end = chunk.length
    let at = 0
    let from = 0
    let corked = false
    if (this.passing > 0) {
      at = Math.min(this.passing, end)
      this.passing -= at
    } else if (this.dropping > 0) {
      from = at = Math.min(this.dropping, end)
      this.dropping -= at
    }
    while (at < end) {
      if (end - at < HEADER_BYTES) break
      const tag = chunk[at] as number
      const next = at + 1 + chunk.readInt32BE(at + 1)
      if (next < at + HEADER_BYTES) {
        session.upstreamViolated()
        return
      }
      let instead: Buffer | undefined
      if (rowLimit !== undefined && (tag === DATA_ROW || tag === COPY_DATA)) {
        if (next > end && next - at === BINARY_END_BYTES) break
        if (rowLimit.drops(chunk, at, next)) {
          if (at > from) {
            if (!corked) session.client.cork()
            corked = true
            this.handOn(chunk, from, at, owned)
          }
          if (next > end) this.dropping = next - end
          from = at = Math.min(next, end)
          continue
        }
      }
      if (results !== undefined) {
        const ending = results.denial !== undefined && tag !== DATA_ROW && tag !== COPY_DATA
        if (ending && next > end) {
          if (next - at <= FILTERED_BYTES_MAX) break
          session.upstreamViolated()
          return
        }
        if (ending) this.note(chunk, tag, at, next)
        // What waits until it is whole is counted then.
        else if (next > end && next - at <= KEPT_BYTES_MAX && affectedLimit?.keeps === true) break
        else if (next > end && next - at <= LOOKED_INTO_BYTES_MAX && isFiltered(tag)) break
        const fate = results.of(tag, next - at)
        if (fate === 'hold') break
        if (fate === 'end') return
        if (fate !== 'pass') {
          instead = fate === 'deny' ? results.error() : undefined
          this.handOn(chunk, from, at, owned)
          if (instead !== undefined) session.writeClient(instead, true)
          if (next > end) this.dropping = next - end
          from = at = Math.min(next, end)
          continue
        }
      }
      if (tag === DATA_ROW || tag === COPY_DATA || (tag === COPY_DONE && affectedLimit !== undefined)) {
        if (this.suspect) {
          session.maskMissed()
          return
        }
        if (affectedLimit?.keeps === true) {
          if (next > end && next - at <= KEPT_BYTES_MAX) break
          affectedLimit.keep(chunk.subarray(at, Math.min(next, end)), tag !== COPY_DONE)
          if (next > end) this.dropping = next - end
          if (at > from) {
            if (!corked) session.client.cork()
            corked = true
            this.handOn(chunk, from, at, owned)
          }
          from = at = Math.min(next, end)
          continue
        }
        if (tag !== COPY_DONE) rowLimit?.passed(chunk, at, next)
        if (next > end) {
          this.passing = next - end
          at = end
        } else at = next
        continue
      }
      if (answers !== undefined && isFiltered(tag)) {
        if (next > end) {
          if (next - at <= FILTERED_BYTES_MAX) break
          session.upstreamViolated()
          return
        }
        if (tag === backend.rowDescription && answers.describesHidden(chunk.subarray(at, next))) this.suspect = true
      }
      if (CLOSING[tag] === 1) {
        if (track !== undefined && next > end && tag !== backend.rowDescription) break
        if (tag === backend.commandComplete && mayDefine(chunk, at + HEADER_BYTES, end)) session.definesSomething = true
        if (track !== undefined) {
          const frame = chunk.subarray(at, next)
          const cut = isEnd(tag) ? rowLimit?.ends(frame) : undefined
          instead = affectedLimit?.closes(tag, frame, cut ?? frame) ?? cut
          const decision = affectedLimit?.takeDecision()
          track.answered(tag)
          if (instead !== undefined || decision !== undefined) {
            session.answered()
            if (!corked) session.client.cork()
            corked = true
            this.handOn(chunk, from, at, owned)
            if (instead === undefined) session.writeClient(Buffer.from(frame), true)
            else if (instead.length > 0) session.writeClient(instead, true)
            from = at = next
            if (decision !== undefined) session.writeDecided(decision.denial)
            if (session.over) return
            continue
          }
        }
        session.answered()
        if (next > end) {
          this.passing = next - end
          at = end
        } else at = next
        continue
      }
      if (next > end) {
        if (next - at <= LOOKED_INTO_BYTES_MAX && looksInto(tag)) break
        if (tag === backend.errorResponse) session.errorAnswered()
        this.passing = next - end
        at = end
        continue
      }
      switch (tag) {
        case backend.readyForQuery:
          this.suspect = false
          instead = withBefore(affectedLimit?.ready(), chunk, at, next)
          session.ready(chunk[at + HEADER_BYTES] as number)
          break
        case backend.errorResponse: {
          session.errorAnswered()
          if (isLast(chunk.subarray(at, next))) session.upstreamSaidGoodbye()
          const refused = session.refusals.inFlight === 0 ? undefined : session.refusals.exchange(chunk.subarray(at, next))
          instead = refused ?? answers?.message(chunk.subarray(at, next))
          break
        }
        case backend.noticeResponse:
          instead = answers?.message(chunk.subarray(at, next))
          break
        case backend.parameterStatus:
          if (session.gate.watched.size > 0) {
            const status = statusIn(chunk.subarray(at + HEADER_BYTES, next))
            if (status === undefined) {
              session.upstreamViolated()
              return
            }
            const pinned = session.gate.watched.get(status.name)
            if (pinned !== undefined && pinned !== status.value) {
              session.guardChanged(status.name)
              return
            }
          }
          break
        case backend.copyInResponse:
          session.copyInStarted()
          break
        case backend.copyBothResponse:
        case backend.authentication:
        case backend.backendKeyData:
        case backend.negotiateProtocolVersion:
          session.upstreamViolated()
          return
        default:
          break
      }
      if (session.over) return
      if (instead !== undefined) {
        if (!corked) session.client.cork()
        corked = true
        this.handOn(chunk, from, at, owned)
        session.writeClient(instead, true)
        from = next
      }
      at = next
    }
    traffic.bytesToClients += at - from
    if (at > from) session.writeClient(from === 0 && at === end ? chunk : chunk.subarray(from, at), owned)
    if (at < end) this.held = Buffer.from(chunk.subarray(at))
    if (corked) session.client.uncork()
  }

  /** What stands before something that is left out or exchanged. It may have to queue, so it must be ours. */
  private handOn(chunk: Buffer, from: number, to: number, owned: boolean): void {
    if (to === from) return
    traffic.bytesToClients += to - from
    this.session.writeClient(owned ? chunk.subarray(from, to) : Buffer.from(chunk.subarray(from, to)), true)
  }

  /** What a message that may not reach the client says of the conversation. */
  private note(chunk: Buffer, tag: number, at: number, next: number): void {
    const { session } = this
    if (CLOSING[tag] === 1) {
      session.rowLimit?.restart()
      session.track?.answered(tag)
      session.answered()
    } else if (tag === backend.readyForQuery) {
      this.suspect = false
      session.ready(chunk[at + HEADER_BYTES] as number)
    } else if (tag === backend.errorResponse) {
      session.errorAnswered()
      if (isLast(chunk.subarray(at, next))) session.upstreamSaidGoodbye()
    }
  }
}

/** What was kept back for the end of the transaction, and the message that says so. */
function withBefore(kept: Buffer | undefined, chunk: Buffer, at: number, next: number): Buffer | undefined {
  return kept && Buffer.concat([kept, chunk.subarray(at, next)])
}

/** The end of what a statement, or one Execute of a portal, answers. */
function isEnd(tag: number): boolean {
  return tag === backend.commandComplete || tag === backend.portalSuspended
}

/** FATAL and PANIC end the session. `V` is the severity that no locale translates; no field has a NUL inside. */
function isLast(errorFrame: Buffer): boolean {
  return errorFrame.includes('\0VFATAL\0') || errorFrame.includes('\0VPANIC\0')
}

function statusIn(body: Buffer): { name: string; value: string } | undefined {
  try {
    return parseParameterStatus(body)
  } catch {
    return undefined
  }
}

function isFiltered(tag: number): boolean {
  return tag === backend.errorResponse || tag === backend.noticeResponse || tag === backend.rowDescription
}

function looksInto(tag: number): boolean {
  return (
    tag === backend.readyForQuery || tag === backend.errorResponse || tag === backend.parameterStatus || tag === backend.copyInResponse
  )
}
