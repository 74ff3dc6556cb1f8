/** Choices that one seed makes the same everywhere. */
export class Seeded {
  private state: number
  constructor(readonly seed: number) {
    this.state = seed >>> 0
  }

  /** From 0 up to 1 (mulberry32: small and fast). */
  readonly next = (): number => {
    this.state = (this.state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }

  between(least: number, most: number): number {
    return least + this.next() * (most - least)
  }
  pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.next() * from.length)]!
  }
  /** The same things in another order. */
  shuffled<T>(from: readonly T[]): T[] {
    const all = [...from]
    for (let at = all.length - 1; at > 0; at--) {
      const other = Math.floor(this.next() * (at + 1))
      ;[all[at], all[other]] = [all[other]!, all[at]!]
    }
    return all
  }
}

/** `PGBEAM_FAULT_SEED` repeats a run; without it each run has a seed of its own, which is printed. */
export function seeded(name: string): Seeded {
  const seed = Number(process.env['PGBEAM_FAULT_SEED'] ?? Date.now() % 1_000_000)
  process.stdout.write(`${name}: PGBEAM_FAULT_SEED=${seed}\n`)
  return new Seeded(seed)
}
