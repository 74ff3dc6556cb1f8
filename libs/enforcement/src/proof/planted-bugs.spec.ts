/** A model that misses bugs proves nothing: each of these, planted into the machines, is found. */
import { describe, expect, it } from '@jest/globals'
import { RIGHT_MACHINES, type Machines } from './machines.js'
import { FOUND_BUGS, PLANTED_BUGS, type PlantedBug } from './planted-bugs.js'
import { numbersFrom, runSchedule } from './schedules.js'
import { report } from './testing.js'

const SCHEDULES_MAX = 40_000
const MOVES = 60

/** @returns the seed of the first schedule that shows a violation */
function search({ world }: PlantedBug, machines: Machines, seedMax: number): number | undefined {
  for (let seed = 1; seed <= seedMax; seed++) {
    const next = numbersFrom(seed)
    const choices = Array.from({ length: MOVES }, next)
    if (runSchedule(world.size, machines, choices, world.budget).world.violation !== undefined) return seed
  }
  return undefined
}

describe.each([
  ['asked for', PLANTED_BUGS, 14],
  ['found by this model in the machines as they were first built', FOUND_BUGS, 3],
])('bugs that were %s', (_kind, bugs, count) => {
  it('are as many as there should be', () => expect(new Set(bugs.map(({ name }) => name)).size).toBe(count))

  it.each(bugs)('$name: is found, and the right machines have nothing in the same schedules', (bug) => {
    const undo = bug.plant?.()
    let found: number | undefined
    try {
      found = search(bug, bug.machines, SCHEDULES_MAX)
    } finally {
      undo?.()
    }
    expect(found).toBeDefined()
    report(`enforcement model finds ${bug.name}: schedules`, found as number)
    expect(search(bug, RIGHT_MACHINES, found as number)).toBeUndefined()
  }, 120_000)
})
