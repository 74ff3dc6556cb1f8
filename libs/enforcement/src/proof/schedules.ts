/** Schedules drawn by chance: a world, and numbers that choose what happens in it. */
import type { Machines } from './machines.js'
import { describeMove, Moves, type Budget, type Move } from './moves.js'
import { World, type WorldSize } from './world.js'

export interface Outcome {
  readonly world: World
  readonly moves: readonly Move[]
}

/** Runs one schedule to its end or to the first violation. @param choices each from 0 to 2^30 - 1 */
export function runSchedule(size: WorldSize, machines: Machines, choices: Iterable<number>, budget: Budget = {}): Outcome {
  const world = new World(size, machines)
  const possible = new Moves(world, budget)
  const moves: Move[] = []
  for (const choice of choices) {
    const move = possible.draw(choice)
    if (move === undefined) break
    moves.push(move)
    possible.make(move)
    if (world.violation !== undefined) break
  }
  return { world, moves }
}

export const storyOf = ({ world, moves }: Outcome): string => [...moves.map(describeMove), world.violation ?? 'nothing amiss'].join('\n')

/** Looked up once: inside jest each look at a global takes its time. */
const { imul } = Math

/** Numbers that depend on the seed alone (mulberry32). @returns from 0 to 2^30 - 1 each time it is called */
export function numbersFrom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 2
  }
}
