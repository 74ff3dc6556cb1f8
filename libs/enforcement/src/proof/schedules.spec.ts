/** Schedules drawn by chance, for worlds of up to three proxies, two replicas, two publishers and two credentials. */
import { expect, it } from '@jest/globals'
import fc from 'fast-check'
import { RIGHT_MACHINES } from './machines.js'
import { runSchedule, storyOf } from './schedules.js'
import { leftOutFrom, sizeFrom } from './sizes.js'
import { FULL, report, SEED } from './testing.js'

const SCHEDULES = FULL ? 1_000_000 : 2_000
/** So many at a time: fast-check keeps what it needs to make a failing one shorter. */
const AT_ONCE = 20_000
const MOVES = 90

const number = fc.noBias(fc.nat(2 ** 30 - 1))
const schedule = fc.tuple(number, number, fc.noBias(fc.array(number, { minLength: 45, maxLength: MOVES, size: 'max' })))

it(`forwards nothing under a state whose change was answered as enforced, in ${SCHEDULES.toLocaleString('en')} schedules`, () => {
  const sum = { schedules: 0, moves: 0, answers: 0, refused: 0, failovers: 0, restarts: 0 }
  for (let seed = SEED; sum.schedules < SCHEDULES; seed++) {
    fc.assert(
      fc.property(schedule, ([size, leftOut, choices]) => {
        const outcome = runSchedule(sizeFrom(size), RIGHT_MACHINES, choices, leftOutFrom(leftOut))
        const { world, moves } = outcome
        if (world.violation !== undefined) throw new Error(storyOf(outcome))
        sum.schedules++
        sum.moves += moves.length
        sum.answers += world.answers
        sum.refused += world.refused
        sum.failovers += world.database.epochNumber - 1
        sum.restarts += world.processes.length - world.size.proxies
      }),
      { seed, numRuns: Math.min(AT_ONCE, SCHEDULES) },
    )
  }
  report('enforcement model: first seed', SEED)
  report('enforcement model: random schedules', sum.schedules)
  report('enforcement model: moves in them', sum.moves)
  report('enforcement model: answers of enforced', sum.answers)
  report('enforcement model: attempts to forward under an outdated state, all refused', sum.refused)
  // A world in which nothing is answered, or nobody tries, would prove nothing.
  expect(sum.schedules).toBeGreaterThanOrEqual(SCHEDULES)
  for (const figure of [sum.answers, sum.refused, sum.failovers * 10, sum.restarts * 10]) expect(figure).toBeGreaterThan(SCHEDULES / 2)
}, 1_200_000)
