/**
 * What a replica remembers of keys between requests. Pure but for the passing of calls: no clock, no I/O.
 *
 * An entry is read from the database as of a position in the access log. A change drops every entry that it concerns, and
 * an entry that was read before a change which has been heard meanwhile is not taken in: it may say what is no longer so.
 */
export interface Remembered {
  /** The position that the entry was read at. */
  readonly asOf: number
  /** Ids of the key, its owner and the organizations it opens. */
  readonly subjects: readonly string[]
}

export class AccessMemory<Entry extends Remembered> {
  readonly #entries = new Map<string, Entry>()
  readonly #bySubject = new Map<string, Set<string>>()
  /** The last changes heard, by subject, oldest first. */
  readonly #changed = new Map<string, number>()
  /** Changes up to here may have been forgotten: what was read earlier is not taken in. */
  #floor = 0

  constructor(
    private readonly entriesMax: number,
    private readonly changesMax = 10_000,
  ) {}

  get size(): number {
    return this.#entries.size
  }

  get(name: string): Entry | undefined {
    return this.#entries.get(name)
  }

  /** @returns whether it was taken in */
  put(name: string, entry: Entry): boolean {
    if (entry.asOf < this.#floor || entry.subjects.some((subject) => (this.#changed.get(subject) ?? -1) > entry.asOf)) return false
    this.#remove(name)
    // The entry that was put first goes: a key in use is read again at the price of one query.
    if (this.#entries.size >= this.entriesMax) this.#remove(this.#entries.keys().next().value as string)
    this.#entries.set(name, entry)
    for (const subject of entry.subjects) {
      const names = this.#bySubject.get(subject)
      if (names) names.add(name)
      else this.#bySubject.set(subject, new Set([name]))
    }
    return true
  }

  /** Takes in that something about `subject` changed at `seq`. */
  change(subject: string, seq: number): void {
    for (const name of [...(this.#bySubject.get(subject) ?? [])]) this.#remove(name)
    const before = this.#changed.get(subject)
    this.#changed.delete(subject)
    this.#changed.set(subject, Math.max(seq, before ?? 0))
    if (this.#changed.size <= this.changesMax) return
    const [oldest, at] = this.#changed.entries().next().value as [string, number]
    this.#changed.delete(oldest)
    this.#floor = Math.max(this.#floor, at)
  }

  /** Starts over at a position of the log: takes in nothing that was read before it. */
  clear(seq: number): void {
    this.#entries.clear()
    this.#bySubject.clear()
    this.#changed.clear()
    this.#floor = seq
  }

  #remove(name: string): void {
    const entry = this.#entries.get(name)
    if (!entry) return
    this.#entries.delete(name)
    for (const subject of entry.subjects) {
      const names = this.#bySubject.get(subject)
      names?.delete(name)
      if (names?.size === 0) this.#bySubject.delete(subject)
    }
  }
}
