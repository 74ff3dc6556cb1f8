/**
 * `max_affected_rows`. A write runs, its command tag says how many rows it affected, and only then is it let through: what
 * the client sent behind it waits in the uplink until the count is known, a COMMIT or Sync as well, and what RETURNING
 * sends is kept back. A write that affects too many is followed by a statement that the server must fail on, so that the
 * transaction, the client's own or the implicit one, is rolled back by the server's rules.
 *
 * A simple query commits with its last statement, so one that may write is sent as extended messages with one Sync behind
 * them, which is what the server makes of it as well (`Uplink.run`); their answers are told as those of a simple query.
 */
import { backend, HEADER_BYTES } from '@pgbeam/pg-wire'
import type { AnswerTrack } from './answer-track.js'
import type { Denial } from './gate.js'
import { traffic } from './traffic.js'

/** What RETURNING may send in all, kept back. */
export const KEPT_BYTES_MAX = 16 << 20
const SWALLOWED: Buffer = Buffer.alloc(0)
const COUNTED_TAG = /^(?:INSERT \d+|UPDATE|DELETE|MERGE|COPY|SELECT) (\d+)$/
const PLUMBING = new Uint8Array(256)
for (const tag of [backend.parseComplete, backend.bindComplete, backend.noData, backend.closeComplete]) PLUMBING[tag] = 1

/** What became of a write. */
export type Outcome = { readonly denial: Denial | undefined }
const PASSED: Outcome = { denial: undefined }

/** A write that was rolled back. */
export interface RolledBack {
  readonly event: 'blocked'
  readonly rule: 'max_affected_rows'
  readonly limit: number
}

export class AffectedLimit {
  private kept: Buffer[] = []
  private keptBytes = 0
  private rows = 0
  /** Whether the rows that come now are those of a write that is not decided about. */
  private collecting: boolean | undefined
  /** The end of a simple query's last statement: it is the client's once the transaction is over. */
  private last: Buffer | undefined
  private decided: Outcome | undefined

  constructor(
    private readonly max: number,
    private readonly track: AnswerTrack,
    private readonly onRolledBack: (event: RolledBack) => void,
  ) {}

  /** A DataRow or CopyData has come, or the end of the latter. @returns whether it is kept back */
  get keeps(): boolean {
    return (this.collecting ??= this.track.awaitsWrite())
  }

  /** Bytes of rows that are kept back; what cannot be let through any more is not. */
  keep(bytes: Buffer, isRow: boolean): void {
    if (isRow) this.rows++
    this.keptBytes += bytes.length
    if (this.rows > this.max || this.keptBytes > KEPT_BYTES_MAX) this.kept = []
    else this.kept.push(Buffer.from(bytes))
  }

  /** The closing answer to an extended message, before the track knows. @returns what to send in its place, if anything else */
  closes(tag: number, frame: Buffer, client: Buffer): Buffer | undefined {
    const { track } = this
    if (track.origin !== 'client' && PLUMBING[tag] === 1) return SWALLOWED
    if (tag !== backend.commandComplete && tag !== backend.portalSuspended && tag !== backend.emptyQueryResponse) return undefined
    const lastOfText = track.origin === 'proxy, last'
    if (track.awaited) {
      this.decided = track.awaitsWrite() ? this.judge(tag, frame) : PASSED
      if (this.decided.denial !== undefined) {
        this.forget()
        return SWALLOWED
      }
    }
    const rows = this.kept
    this.forget()
    if (lastOfText) this.last = Buffer.from(client)
    else if (rows.length > 0) rows.push(client)
    return lastOfText || rows.length > 0 ? Buffer.concat(rows) : undefined
  }

  private judge(tag: number, frame: Buffer): Outcome {
    if (tag === backend.portalSuspended) return this.tooMany(SUSPENDED)
    const count = Number(COUNTED_TAG.exec(frame.toString('latin1', HEADER_BYTES, frame.length - 1))?.[1] ?? 0)
    if (count > this.max) return this.tooMany(tooManyRows(count, this.max))
    return this.keptBytes > KEPT_BYTES_MAX ? this.tooMany(tooMuch()) : PASSED
  }

  private tooMany(denial: Denial): Outcome {
    traffic.rolledBack++
    this.onRolledBack({ event: 'blocked', rule: 'max_affected_rows', limit: this.max })
    return { denial }
  }

  /** What was decided with the last `closes`: taken once. */
  takeDecision(): Outcome | undefined {
    const { decided } = this
    this.decided = undefined
    return decided
  }

  /** ReadyForQuery. @returns what goes before it */
  ready(): Buffer | undefined {
    const { last } = this
    this.last = undefined
    return last
  }

  /** An error: what was kept back is not sent. */
  forget(): void {
    this.collecting = undefined
    this.kept = []
    this.keptBytes = 0
    this.rows = 0
    this.last = undefined
  }
}

const rolledBack = (message: string, hint: string): Denial => ({ sqlState: '54000', message, detail: 'rule: max_affected_rows', hint })

const tooManyRows = (count: number, max: number): Denial =>
  rolledBack(
    `this statement affected ${count} rows, and the policy lets one affect at most ${max}: it was rolled back`,
    `Narrow the WHERE, or work in parts of at most ${max} row${max === 1 ? '' : 's'}, each a statement of its own.`,
  )

const SUSPENDED = rolledBack(
  'rows that a write returns cannot be fetched in parts under a policy with max_affected_rows: it was rolled back',
  'Leave out the fetch size (the row limit of Execute), or leave out RETURNING.',
)

const tooMuch = (): Denial =>
  rolledBack(
    `what this statement returns has more than ${KEPT_BYTES_MAX >> 20} MB, and under max_affected_rows it is kept back until the rows are counted: it was rolled back`,
    'Name fewer columns in RETURNING, or write fewer rows at once.',
  )
