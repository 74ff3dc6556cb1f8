/**
 * Waiting work of several owners, who take turns: one item of each, however many somebody has waiting. Bounded, for each
 * owner and in all; when it is full, whoever has most waiting loses the newest of it, so nobody can fill it for the others.
 */
export class FairQueue<Item> {
  /** In the order of turns. No lane is empty. */
  private readonly lanes = new Map<string, Item[]>()
  private count = 0

  constructor(
    private readonly itemsMax: number,
    private readonly laneMax: number,
  ) {}

  get size(): number {
    return this.count
  }

  /** Whether an item of this owner would find no place. */
  crowded(owner: string): boolean {
    const own = this.lanes.get(owner)?.length ?? 0
    return own >= this.laneMax || (this.count >= this.itemsMax && own >= this.longest().length)
  }

  /** @returns the item that found no place: this one, or another owner's newest */
  push(owner: string, item: Item): Item | undefined {
    if (this.crowded(owner)) return item
    const evicted = this.count >= this.itemsMax ? this.longest().pop() : undefined
    if (evicted === undefined) this.count++
    const lane = this.lanes.get(owner)
    if (lane) lane.push(item)
    else this.lanes.set(owner, [item])
    return evicted
  }

  /** The next one, or undefined. */
  shift(): Item | undefined {
    const [next] = this.lanes
    if (next === undefined) return undefined
    const [owner, lane] = next
    const item = lane.shift()
    this.count--
    this.lanes.delete(owner)
    if (lane.length > 0) this.lanes.set(owner, lane)
    return item
  }

  /** Takes an item out, where it still waits. */
  remove(owner: string, item: Item): boolean {
    const lane = this.lanes.get(owner)
    const at = lane?.indexOf(item) ?? -1
    if (lane === undefined || at < 0) return false
    lane.splice(at, 1)
    this.count--
    if (lane.length === 0) this.lanes.delete(owner)
    return true
  }

  /** Looked for only when the queue is full. */
  private longest(): Item[] {
    let longest: Item[] = []
    for (const lane of this.lanes.values()) if (lane.length > longest.length) longest = lane
    return longest
  }
}
