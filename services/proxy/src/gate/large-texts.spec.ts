import { EventEmitter } from 'node:events'
import { expect, it } from '@jest/globals'
import type { CompiledPolicy, Decision } from '@pgbeam/policy'
import { LargeTextJudge, type Job, type JudgeWorker } from './large-texts.js'

const policy = { id: 'pol_1' } as unknown as CompiledPolicy
const allowed = { allowed: true } as Decision

/** A worker played by hand: it says what it was given, and answers when told. */
function byHand() {
  const given: string[] = []
  const emitter = new EventEmitter()
  const worker = Object.assign(emitter, {
    postMessage: (job: Job) => { given.push(job.text) },
    terminate: () => Promise.resolve(0),
    unref: () => undefined,
  }) as unknown as JudgeWorker
  const judge = new LargeTextJudge(() => worker)
  const decided: string[] = []
  const ask = (owner: string, text: string) => {
    judge.judge(owner, policy, undefined, { text, protocol: 'simple', parameterTypes: [] }, (decision) => {
      decided.push(decision.allowed ? text : `${text} ${decision.sqlState} ${decision.message}`)
    })
  }
  const finish = () => {
    emitter.emit('message', 'started')
    emitter.emit('message', allowed)
  }
  return { ask, finish, given, decided }
}

it('a credential with many large statements waiting holds up another one for a single one of them', () => {
  const { ask, finish, given } = byHand()
  for (let i = 0; i < 50; i++) ask('greedy', `greedy ${i}`)
  ask('modest', 'modest 0')
  finish()
  finish()
  expect(given).toEqual(['greedy 0', 'greedy 1', 'modest 0'])
  for (let i = 0; i < 49; i++) finish() // what still waits keeps a timer running
  expect(given).toHaveLength(51)
})
it('a credential that has too many waiting is told so, and others are not', async () => {
  const { ask, finish, given, decided } = byHand()
  for (let i = 0; i < 66; i++) ask('greedy', `g${i}`)
  ask('modest', 'm0')
  await new Promise((resolve) => setImmediate(resolve))
  expect(decided).toEqual(['g65 54000 too many large statements of this credential are waiting to be checked'])
  for (let i = 0; i < 66; i++) finish()
  expect(given).toHaveLength(66)
  expect(decided).toHaveLength(67)
  expect(decided).toContain('m0')
})
it('many greedy credentials together leave room for one more: who has most waiting makes it', async () => {
  const { ask, finish, decided } = byHand()
  for (let i = 0; i < 300; i++) ask(`greedy ${i % 5}`, `g${i}`)
  await new Promise((resolve) => setImmediate(resolve))
  const refusedBefore = decided.length
  ask('modest', 'm0')
  await new Promise((resolve) => setImmediate(resolve))
  expect(decided.slice(refusedBefore)).toEqual([expect.stringMatching(/^g\d+ 54000/)])
  for (let i = 0; i < 257; i++) finish()
  expect(decided).toContain('m0')
  expect(decided).toHaveLength(301)
})
