import { beforeAll, describe, expect, it } from '@jest/globals'
import { noRules, type PolicySnapshot } from '@pgbeam/contracts'
import { parseId } from '@pgbeam/kernel'
import { loadParser } from '@pgbeam/policy'
import { LargeTextJudge } from './large-texts.js'
import { compile, PolicyGate } from './policy-gate.js'
import { VerdictTables } from './verdict-tables.js'

const policy = (more: Partial<PolicySnapshot>): PolicySnapshot => ({ id: parseId('PolicyId', 'pol_01m80r42qztf3y86rck5fazezh'), version: 1, access_mode: 'read_only', ...noRules, ...more })

beforeAll(() => loadParser())

it.each([
  [0, null, undefined],
  [5000, null, 5000],
  [0, 2000, 2000],
  [5000, 2000, 2000],
  [1000, 2000, 1000],
])('of the time limits of the database (%s) and the policy (%s) the smaller counts: %s', (queryTimeoutMs, statement_timeout_ms, ms) =>
  expect(compile(policy({ statement_timeout_ms }), queryTimeoutMs).statementTimeoutMsMax).toBe(ms))

describe('where only the floors hold', () => {
  const gate = () => {
    const large = new LargeTextJudge(() => { throw new Error('no worker is needed') })
    const made = new PolicyGate(compile(policy({ access_mode: 'read_write' }), 0), undefined, new VerdictTables(1 << 20), large, 'agt_1')
    return (bytes: Buffer) => made.judge(bytes, 0, bytes.length, bytes.length, true, () => undefined)
  }

  it.each([
    ['a large text without their words is let through here', Buffer.from(`INSERT INTO t VALUES ('${'x'.repeat(2_000_000)}')`)],
    ['one that is no UTF-8, too', Buffer.from("SELECT 'Zo\xeb'", 'latin1')],
    ['with one of their words as well, where it keeps to them', Buffer.from("UPDATE t SET a = 'Zo\xeb' WHERE b = 1", 'latin1')],
  ])('%s', (_case, bytes) => expect(gate()(bytes)).toBeUndefined())

  it('a text that breaks one is refused, in an encoding that nobody knows too', () =>
    expect(gate()(Buffer.from("UPDATE t SET a = 'Zo\xeb'", 'latin1'))).toMatchObject({ sqlState: '42501', detail: 'rule: whereless_write' }))

  it('a quote that an encoding could hide is not guessed at', () =>
    expect(gate()(Buffer.from("SELECT E'\x83\\'; DELETE FROM t; --'", 'latin1'))).toMatchObject({ detail: 'rule: parse_error' }))
})

describe('a verdict that is remembered', () => {
  const large = new LargeTextJudge(() => { throw new Error('no worker is needed') })
  const gateOf = (verdicts: VerdictTables, credential: string, more: Partial<PolicySnapshot> = {}) => {
    const made = new PolicyGate(compile(policy(more), 0), undefined, verdicts, large, credential)
    return (text: string) => {
      const bytes = Buffer.from(text)
      return made.judge(bytes, 0, bytes.length, bytes.length, true, () => undefined)
    }
  }

  it('serves all credentials under the policy, and those under no other', () => {
    const verdicts = new VerdictTables(1 << 20)
    expect(gateOf(verdicts, 'agt_1')('SELECT 1')).toBeUndefined()
    expect(gateOf(verdicts, 'agt_2')('SELECT 2')).toBeUndefined()
    expect(verdicts.cache.counts).toMatchObject({ misses: 1, hits: 1 })
    const denied = gateOf(verdicts, 'agt_1', { version: 2, statement_rules: { allow: null, deny: ['select'] } })
    expect(denied('SELECT 1')).toMatchObject({ detail: 'rule: statement_denied' })
    expect(verdicts.cache.counts).toMatchObject({ misses: 2, hits: 1 })
  })

  it('counts for the credential that had it decided, and outlives a flood of another', () => {
    const verdicts = new VerdictTables(50_000)
    expect(gateOf(verdicts, 'agt_quiet')('SELECT 1')).toBeUndefined()
    const flood = gateOf(verdicts, 'agt_flood')
    for (let n = 0; verdicts.cache.counts.evictions < 100; n++) flood(`SELECT '${n}'`)
    expect(verdicts.cache.heldBy('agt_quiet')).toBeGreaterThan(0)
    const { misses } = verdicts.cache.counts
    gateOf(verdicts, 'agt_quiet')('SELECT 1')
    expect(verdicts.cache.counts.misses).toBe(misses)
    expect(flood("SELECT '0'")).toBeUndefined() // gone, and decided again
    expect(verdicts.cache.counts.misses).toBe(misses + 1)
  })
})
