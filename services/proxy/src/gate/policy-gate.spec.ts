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
    const made = new PolicyGate(compile(policy({ access_mode: 'read_write' }), 0), undefined, new VerdictTables(), large, 'agt_1')
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
