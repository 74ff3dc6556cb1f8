/** Every schedule of a small world: depth first, states that were seen before are not gone into again. */
import type { Machines } from './machines.js'
import { fingerprintOf, hashOf } from './fingerprint.js'
import { Moves, type Budget, type Move } from './moves.js'
import { World, type WorldSize } from './world.js'

export interface SmallWorld {
  readonly name: string
  readonly size: WorldSize
  /** What makes it small. */
  readonly budget: Budget
}

export interface Exploration {
  /** Different states that were reached. */
  readonly states: number
  /** Moves that were made from them. */
  readonly transitions: number
  readonly answers: number
  readonly refused: number
  /** Every state was reached, rather than as many as were asked for. */
  readonly complete: boolean
  readonly violation: { readonly what: string; readonly moves: readonly Move[] } | undefined
}

interface Step {
  readonly moves: readonly Move[]
  next: number
}

/** @param merges false: goes into states again that were seen before, which only small depths allow */
export function explore({ size, budget }: SmallWorld, machines: Machines, { statesMax = Infinity, depthMax = Infinity, merges = true } = {}): Exploration & { readonly seen: ReadonlySet<number> } {
  const seen = new Set<number>()
  let transitions = 0
  let answers = 0
  let refused = 0
  const path: Move[] = []
  let possible = new Moves(new World(size, machines), budget)
  /** Whether `possible` stands where `path` says. */
  let here = true
  const steps: Step[] = [{ moves: possible.all(), next: 0 }]
  seen.add(hashOf(fingerprintOf(possible.world, possible.left)))
  while (steps.length > 0 && seen.size < statesMax) {
    const step = steps.at(-1) as Step
    const move = step.moves[step.next++]
    if (move === undefined) {
      steps.pop()
      path.pop()
      here = false
      continue
    }
    if (!here) {
      possible = new Moves(new World(size, machines), budget)
      for (const made of path) possible.make(made)
      here = true
    }
    const { world } = possible
    const before = world.answers + world.refused
    possible.make(move)
    transitions++
    if (before !== world.answers + world.refused) {
      answers = Math.max(answers, world.answers)
      refused++
    }
    if (world.violation !== undefined) {
      return { seen, states: seen.size, transitions, answers, refused, complete: false, violation: { what: world.violation, moves: [...path, move] } }
    }
    const state = hashOf(fingerprintOf(world, possible.left))
    const known = seen.has(state)
    seen.add(state)
    if ((known && merges) || steps.length >= depthMax) {
      here = false
      continue
    }
    path.push(move)
    steps.push({ moves: possible.all(), next: 0 })
  }
  return { seen, states: seen.size, transitions, answers, refused, complete: steps.length === 0, violation: undefined }
}
