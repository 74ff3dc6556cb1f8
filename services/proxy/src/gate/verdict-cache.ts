/**
 * Verdicts of statements seen before, found by the statement's bytes with nothing decoded and nothing allocated.
 *
 * Statements that differ only in plain integers (see statement-pattern.ts) share a verdict where the policy engine says that the
 * integers do not matter to it. All policies and databases share one cache of a set size; cache-shares.ts says whose verdicts go.
 */
import type { Judgement } from '../relay/gate.js'
import { CacheShares, OWNER_BYTES, type Owned } from './cache-shares.js'
import { keptJudgement } from './kept-judgement.js'
import { exactHash, StatementPattern } from './statement-pattern.js'

/** Longer texts are judged anew each time: a cache of them would mostly hold one-off statements. */
const TEXT_BYTES_MAX = 4096
/** An entry and the head of its pattern's string. */
const ENTRY_BYTES = 200
const BUCKET_BYTES = 8
/** As many buckets as there could be entries of this size: most hold one or none. */
const BYTES_PER_BUCKET = 256
/** Texts made to collide must not make look-ups slow. */
const CHAIN_MAX = 8

interface Entry extends Owned<Entry> {
  readonly table: number
  readonly hash: number
  readonly integersShared: boolean
  /** Its bytes, each a character. A string lies where the garbage collector can move it; a small Buffer would keep a slab of others. */
  readonly pattern: string
  readonly judgement: Judgement
  next: Entry | undefined
}

export class VerdictCache {
  readonly counts = { hits: 0, misses: 0, evictions: 0 }
  entries = 0
  private readonly buckets: (Entry | undefined)[]
  private readonly shift: number
  private readonly shares = new CacheShares<Entry>()
  private readonly pattern = new StatementPattern(TEXT_BYTES_MAX)

  constructor(readonly bytesMax: number) {
    const bits = Math.max(1, 31 - Math.clz32(bytesMax / BYTES_PER_BUCKET))
    this.shift = 32 - bits
    this.buckets = new Array<Entry | undefined>(2 ** bits).fill(undefined)
  }

  /** What it takes, by measured sizes of its objects; never more than `bytesMax`. */
  get bytes(): number {
    return this.buckets.length * BUCKET_BYTES + this.shares.bytes
  }

  heldBy(owner: string): number {
    return this.shares.heldBy(owner)
  }

  /**
   * `'unknown'`, or the verdict: undefined for allowed.
   * @param table verdicts of other tables are none of its
   */
  find(table: number, buffer: Buffer, start: number, end: number): Judgement | 'unknown' {
    if (end - start <= TEXT_BYTES_MAX) {
      const { pattern } = this
      pattern.read(buffer, start, end)
      const entry = this.lookUp(table, pattern.hash, true, pattern.bytes, 0, pattern.length) ?? this.lookUp(table, exactHash(buffer, start, end), false, buffer, start, end - start)
      if (entry !== undefined) {
        entry.used = true
        this.counts.hits++
        return entry.judgement
      }
    }
    this.counts.misses++
    return 'unknown'
  }

  /**
   * Remembers the verdict of a text that has none.
   * @param owner whose share of the cache it takes
   */
  add(table: number, owner: string, buffer: Buffer, start: number, end: number, judgement: Judgement, integersShared: boolean): void {
    if (end - start > TEXT_BYTES_MAX) return
    const { pattern: read } = this
    read.read(buffer, start, end)
    const pattern = integersShared ? read.bytes.toString('latin1', 0, read.length) : buffer.toString('latin1', start, end)
    const hash = integersShared ? read.hash : exactHash(buffer, start, end)
    const kept = keptJudgement(judgement)
    const bytes = ENTRY_BYTES + pattern.length + kept.bytes
    if (!this.hasRoomFor(bytes)) return
    const at = this.bucketOf(table, hash)
    this.shorten(at, owner)
    while (this.bytes + this.shares.needs(owner, bytes) > this.bytesMax) this.evict(this.shares.victim(owner) as Entry)
    const entry: Entry = {
      table, hash, integersShared, pattern, judgement: kept.judgement, owner, bytes, used: false, next: this.buckets[at], older: undefined, newer: undefined,
    }
    this.buckets[at] = entry
    this.shares.add(entry)
    this.entries++
  }

  /** Whether it would fit into a cache that is empty. */
  private hasRoomFor(bytes: number): boolean {
    return this.buckets.length * BUCKET_BYTES + OWNER_BYTES + bytes <= this.bytesMax
  }

  private lookUp(table: number, hash: number, integersShared: boolean, bytes: Buffer, start: number, length: number): Entry | undefined {
    for (let entry = this.buckets[this.bucketOf(table, hash)]; entry !== undefined; entry = entry.next) {
      if (entry.hash === hash && entry.table === table && entry.integersShared === integersShared && entry.pattern.length === length && isSame(entry.pattern, bytes, start)) return entry
    }
    return undefined
  }

  private bucketOf(table: number, hash: number): number {
    return Math.imul(hash ^ Math.imul(table, 0x85ebca6b), 0x9e3779b1) >>> this.shift
  }

  /** Makes room in a chain that is full: the adder's own oldest goes, else the oldest. */
  private shorten(bucket: number, adder: string): void {
    let length = 0
    let last: Entry | undefined
    let own: Entry | undefined
    for (let entry = this.buckets[bucket]; entry !== undefined; entry = entry.next) {
      length++
      last = entry
      if (entry.owner === adder) own = entry
    }
    if (length >= CHAIN_MAX) this.evict((own ?? last) as Entry)
  }

  private evict(entry: Entry): void {
    const bucket = this.bucketOf(entry.table, entry.hash)
    if (this.buckets[bucket] === entry) this.buckets[bucket] = entry.next
    else {
      let before = this.buckets[bucket] as Entry
      while (before.next !== entry) before = before.next as Entry
      before.next = entry.next
    }
    this.shares.remove(entry)
    this.entries--
    this.counts.evictions++
  }
}

function isSame(pattern: string, bytes: Buffer, start: number): boolean {
  for (let at = 0; at < pattern.length; at++) if (pattern.charCodeAt(at) !== bytes[start + at]) return false
  return true
}
