/** Every schedule of small worlds. */
import { afterAll, describe, expect, it } from '@jest/globals'
import { explore } from './explore.js'
import { RIGHT_MACHINES } from './machines.js'
import { describeMove } from './moves.js'
import { LATE_SNAPSHOTS, LOST_BATCHES, SMALL_WORLDS } from './small-worlds.js'
import { FULL, report } from './testing.js'

/** As many states as each world has, or the first of them. */
const STATES_MAX = FULL ? Infinity : 700
const sum = { states: 0, transitions: 0 }

describe('nothing is forwarded under a state whose change was answered as enforced, in a small world with', () => {
  it.each(SMALL_WORLDS)('$name', (world) => {
    const { states, transitions, complete, violation, answers, refused } = explore(world, RIGHT_MACHINES, { statesMax: STATES_MAX })
    sum.states += states
    sum.transitions += transitions
    report(`enforcement model, every schedule, ${world.name}: states`, states)
    expect(violation && [...violation.moves.map(describeMove), violation.what]).toBeUndefined()
    expect(complete).toBe(FULL || states < STATES_MAX)
    if (FULL) expect([answers > 0, refused > 0]).toEqual([true, true])
  }, 600_000)

  afterAll(() => {
    report('enforcement model, every schedule: states', sum.states)
    report('enforcement model, every schedule: transitions', sum.transitions)
  })
})

it.each([LATE_SNAPSHOTS, LOST_BATCHES])('going into each state but once loses none that can be reached: $name', (world) => {
  const once = explore(world, RIGHT_MACHINES)
  const everyWay = explore(world, RIGHT_MACHINES, { depthMax: FULL ? 8 : 6, merges: false })
  expect(once.complete).toBe(true)
  expect(everyWay.states).toBeGreaterThan(100)
  expect([...everyWay.seen].filter((state) => !once.seen.has(state))).toEqual([])
}, 600_000)
