/** Only in `npm run prove`: docs/proof/lease.pml, all of its states, as it is and with each rule of it broken. */
import { beforeAll, describe, expect, it } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { report } from '../lib/measurements.mjs'
import { installSpin, verify } from '../lib/spin.mjs'

const docs = new URL('../../docs/proof/', import.meta.url)
const model = fileURLToPath(new URL('lease.pml', docs))
const explained = readFileSync(new URL('model.md', docs), 'utf8')
const BROKEN = 'assertion violated (proxy[p].applied>=answered)'
const TIMEOUT_MS = 700_000
/** Each breaks one rule; the last, one assumption. */
const MISTAKES = [
  'LEASE_FROM_RECEIVE', 'ACK_BEFORE_APPLY', 'HEAD_BEFORE_GRANT', 'EFFECT_AT_ONCE', 'LAPSED_REGARDLESS', 'ROWS_BEFORE_COMMIT',
  'REPEAT_ANSWERS_AT_ONCE', 'WAIT_FROM_COMMIT', 'GRANT_TAKEN_BACK', 'DRIFT_BEYOND_BOUND',
]

describe('the model of leases and receipts', () => {
  beforeAll(installSpin, 300_000)

  it.each([
    ['1 proxy, 2 replicas, 2 changes, 3 renewals', ['PROXIES=1', 'REPLICAS=2', 'CHANGES=2', 'RENEWALS=3'], 2_000_000],
    ['1 proxy, 2 replicas, 3 changes, 2 renewals', ['PROXIES=1', 'REPLICAS=2', 'CHANGES=3', 'RENEWALS=2'], 2_000_000],
    ['2 proxies, 2 replicas, 1 change, 1 renewal each', ['PROXIES=2', 'REPLICAS=2', 'CHANGES=1', 'RENEWALS=1'], 250_000],
    ['2 proxies, 1 replica, 2 changes, 1 renewal each', ['PROXIES=2', 'REPLICAS=1', 'CHANGES=2', 'RENEWALS=1'], 350_000],
  ])('forwards nothing under a state whose end was answered: %s', async (size, defines, statesMin) => {
    const { error, states, seconds, memoryMb } = await verify(model, defines)
    expect(error).toBeUndefined()
    expect(states).toBeGreaterThan(statesMin)
    report(`${size}: states, all of them`, states, `in ${seconds.toFixed(1)} s and ${memoryMb} MB`)
  }, TIMEOUT_MS)

  it.each(MISTAKES)('shows what goes wrong with %s', async (mistake) => {
    const { error, steps, states } = await verify(model, [mistake])
    expect(error).toBe(BROKEN)
    expect(explained).toContain(`| \`${mistake}\` |`)
    report(`${mistake} is found`, steps, `steps (${states} states)`)
  }, TIMEOUT_MS)

  it.each(['BY_ACK', 'BY_OUTWAITING', 'BY_LAPSED', 'FORWARDED', 'RECOVERED'])('comes by %s', async (place) => {
    const { error } = await verify(model, [`REACH=${place}`])
    const number = new RegExp(`^#define ${place} (\\d+)`, 'm').exec(readFileSync(model, 'utf8'))?.[1]
    expect(error).toMatch(new RegExp(`^assertion violated !\\(+${number}==${number}\\)`))
  }, TIMEOUT_MS)

  it('answers in the end, whatever proxies and network do, unless the replica itself crashes', async () => {
    const { error, states } = await verify(model, ['ALWAYS_ANSWERS', 'RENEWALS=2'], { liveness: true })
    expect(error).toBeUndefined()
    expect(states).toBeGreaterThan(200_000)
    report('states in which an answer is on its way', states)
  }, TIMEOUT_MS)

  it('may never answer with NEVER_OUTWAITS', async () => {
    const { error } = await verify(model, ['ALWAYS_ANSWERS', 'NEVER_OUTWAITS', 'RENEWALS=2'], { liveness: true })
    expect(error).toBe('acceptance cycle')
    expect(explained).toContain('| `NEVER_OUTWAITS` |')
  }, TIMEOUT_MS)

  it('has no switch that is not tried here', () => {
    const sizes = ['PROXIES', 'REPLICAS', 'CHANGES', 'RENEWALS', 'WAIT', 'REACH', 'ALWAYS_ANSWERS', 'NEVER_OUTWAITS']
    const switches = new Set([...readFileSync(model, 'utf8').matchAll(/^#ifn?def (\w+)/gm)].map(([, name]) => name))
    expect([...switches].sort()).toEqual([...sizes, ...MISTAKES].sort())
  })
})
