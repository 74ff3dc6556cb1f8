/**
 * Whose entries go when a cache is full: those of whoever holds the most of it. So one owner may fill a cache that nobody else needs,
 * and no flood of its takes anything from another that holds less than half as much.
 *
 * Owners stand in classes by the power of two of what they hold, so the largest is found without looking at all of them.
 */

/** Its place in the classes and in the map of owners. */
export const OWNER_BYTES = 300
const CLASSES = 31
/** An entry that was used since it was last looked at is passed over; so many at most, for the sake of whoever waits. */
const PASSED_OVER_MAX = 16

/** An entry, in its owner's queue. */
export interface Owned<Entry> {
  readonly owner: string
  readonly bytes: number
  /** Set by whoever finds it. */
  used: boolean
  older: Entry | undefined
  newer: Entry | undefined
}

interface Owner<Entry> {
  readonly id: string
  bytes: number
  oldest: Entry | undefined
  newest: Entry | undefined
}

const classOf = (bytes: number): number => 31 - Math.clz32(bytes)

export class CacheShares<Entry extends Owned<Entry>> {
  /** Held by all together. */
  bytes = 0
  private readonly owners = new Map<string, Owner<Entry>>()
  private readonly classes = Array.from({ length: CLASSES }, () => new Set<Owner<Entry>>())

  /** What an entry would add. */
  needs(owner: string, bytes: number): number {
    return this.owners.has(owner) ? bytes : bytes + OWNER_BYTES
  }

  heldBy(owner: string): number {
    return this.owners.get(owner)?.bytes ?? 0
  }

  add(entry: Entry): void {
    let owner = this.owners.get(entry.owner)
    if (owner === undefined) {
      owner = { id: entry.owner, bytes: 0, oldest: undefined, newest: undefined }
      this.owners.set(entry.owner, owner)
      this.resize(owner, OWNER_BYTES)
    }
    this.append(owner, entry)
    this.resize(owner, entry.bytes)
  }

  remove(entry: Entry): void {
    const owner = this.owners.get(entry.owner) as Owner<Entry>
    this.unlink(owner, entry)
    this.resize(owner, -entry.bytes)
    if (owner.oldest !== undefined) return
    this.resize(owner, -OWNER_BYTES)
    this.owners.delete(owner.id)
  }

  /** The entry that makes room for one of `adder`: undefined where there is none at all. */
  victim(adder: string): Entry | undefined {
    const owner = this.largest(adder)
    if (owner === undefined) return undefined
    let entry = owner.oldest as Entry
    for (let passed = 0; entry.used && passed < PASSED_OVER_MAX; passed++) {
      entry.used = false
      this.unlink(owner, entry)
      this.append(owner, entry)
      entry = owner.oldest as Entry
    }
    return entry
  }

  /** Among the largest ones `adder`, where it is one of them. */
  private largest(adder: string): Owner<Entry> | undefined {
    const own = this.owners.get(adder)
    for (let at = CLASSES - 1; at >= 0; at--) {
      const owners = this.classes[at] as Set<Owner<Entry>>
      if (owners.size === 0) continue
      if (own !== undefined && owners.has(own)) return own
      for (const owner of owners) return owner
    }
    return undefined
  }

  private resize(owner: Owner<Entry>, by: number): void {
    const before = owner.bytes
    owner.bytes += by
    this.bytes += by
    if (before > 0 && owner.bytes > 0 && classOf(before) === classOf(owner.bytes)) return
    if (before > 0) this.classes[classOf(before)]?.delete(owner)
    if (owner.bytes > 0) this.classes[classOf(owner.bytes)]?.add(owner)
  }

  private append(owner: Owner<Entry>, entry: Entry): void {
    entry.older = owner.newest
    entry.newer = undefined
    if (owner.newest === undefined) owner.oldest = entry
    else owner.newest.newer = entry
    owner.newest = entry
  }

  private unlink(owner: Owner<Entry>, entry: Entry): void {
    if (entry.older === undefined) owner.oldest = entry.newer
    else entry.older.newer = entry.newer
    if (entry.newer === undefined) owner.newest = entry.older
    else entry.newer.older = entry.older
    entry.older = entry.newer = undefined
  }
}
