/** Every rule, by the statements that it refuses and those beside them that pass. */
import { beforeAll, describe, expect, it } from '@jest/globals'
import { attacks } from './corpora/attacks.js'
import { casePolicies, ruleCases, type CasePolicy } from './corpora/rule-cases.js'
import { decide } from './decide.js'
import { loadParser } from './parser.js'
import { compilePolicy } from './policy.js'
import { recordedCatalog } from './testing.js'
import { rules, type Denied } from './types.js'

const catalogs = { 15: recordedCatalog(15), 18: recordedCatalog(18) }
const compiled = Object.fromEntries(Object.entries(casePolicies).map(([name, policy]) => [name, compilePolicy({ id: name, version: 1, ...policy })]))
const judge = (name: CasePolicy, sql: string, major: 15 | 18 = 18, protocol: 'simple' | 'extended' = 'simple') => {
  const policy = compiled[name]
  if (policy === undefined) throw new Error(name)
  return decide(sql, { policy, catalog: catalogs[major], protocol })
}

beforeAll(() => loadParser())

describe.each([15, 18] as const)('on Postgres %i', (major) => {
  it.each(Object.keys(casePolicies) as CasePolicy[])('under the policy %s each statement meets its rule, over both protocols', (name) => {
    const wrong: unknown[] = []
    for (const { policy, rule, sql, sinceMajor = 0, sqlState = '42501' } of ruleCases) {
      if (policy !== name || sinceMajor > major) continue
      for (const protocol of ['simple', 'extended'] as const) {
        const decision = judge(policy, sql, major, protocol)
        const good = rule === 'ok' ? decision.allowed : decision.rule === rule && !decision.allowed && decision.sqlState === sqlState && decision.detail === `rule: ${rule}`
        if (!good) wrong.push({ sql: sql.slice(0, 200), wanted: rule, decision })
      }
    }
    expect(wrong).toEqual([])
  })
})

it('has a row for every rule', () => {
  expect(rules.filter((rule) => !ruleCases.some((one) => one.rule === rule))).toEqual([])
})

/** The names that users were promised. */
const PROMISED = ['read_only', 'statement_not_allowed', 'statement_denied', 'table_not_allowed', 'table_denied', 'whereless_write', 'destructive_ddl', 'locking_select', 'masked_column_expression', 'max_affected_rows_writable_cte', 'parse_error', 'side_effect_function', 'closed_catalog', 'unresolved_name', 'session_guard']
/** Of those, what nothing is refused by, since it works: columns under other names are masked, and nothing at all is a statement. */
const WORKS = [['masked', 'SELECT x FROM app.customers AS t (a, b, x)'], ['masked', 'SELECT ssn AS x FROM app.customers'], ['masked', ''], ['reader', ' ; -- nothing']] as const

it('knows every name that was promised, and refuses nothing by those that would refuse what works', () => {
  expect(PROMISED.filter((name) => !(rules as readonly string[]).includes(name))).toEqual([])
  for (const [policy, sql] of WORKS) expect({ sql, ...judge(policy, sql) }).toMatchObject({ sql, allowed: true, rule: 'ok' })
})

it('has hundreds of rows, none of them twice', () => {
  expect(ruleCases.length).toBeGreaterThan(300)
  expect(new Set(ruleCases.map(({ policy, sql }) => `${policy} ${sql}`)).size).toBe(ruleCases.length)
})

it('refuses what a list denies also wherever a batch hides it', () => {
  for (const { policy, rule, sql } of ruleCases) {
    if (rule === 'ok' || rule === 'size_limit') continue
    expect({ sql, allowed: judge(policy, `SELECT 1;\n${sql}`).allowed }).toEqual({ sql, allowed: false })
    expect({ sql, allowed: judge(policy, `${sql}\n; SELECT 1`).allowed }).toEqual({ sql, allowed: false })
  }
})

// A model that reads one of these has to know what to do instead.
it.each(rules)('says of %s what was refused, why, and what may be done instead', (rule) => {
  const seen = new Set<string>()
  const said = new Map<string, Pick<Denied, 'sqlState' | 'message' | 'detail' | 'hint'>>()
  for (const one of ruleCases) {
    if (one.rule !== rule || seen.has(one.policy)) continue
    seen.add(one.policy)
    const decision = judge(one.policy, one.sql)
    if (decision.allowed) throw new Error(one.sql)
    const { sqlState, message, detail, hint } = decision
    said.set(`${one.policy}: ${one.sql.slice(0, 80)}`, { sqlState, message, detail, hint })
  }
  expect(Object.fromEntries(said)).toMatchSnapshot()
})

it('lets everything but the floors pass under read_write without other rules', () => {
  const refused = attacks.map(({ sql }) => ({ sql, decision: judge('writer', sql) })).filter(({ decision }) => !decision.allowed)
  expect(refused.filter(({ decision }) => decision.rule !== 'whereless_write' && decision.rule !== 'destructive_ddl')).toEqual([])
  expect(refused.length).toBeGreaterThan(40)
  expect(refused.length).toBeLessThan(120)
})

it('keeps a compiled policy whole on its way to a worker', () => {
  for (const { policy, rule, sql } of ruleCases) {
    const sent = structuredClone(compiled[policy])
    if (sent === undefined) throw new Error(policy)
    expect({ sql, rule: decide(sql, { policy: sent, catalog: catalogs[18], protocol: 'simple' }).rule }).toEqual({ sql, rule: judge(policy, sql).rule })
    if (rule !== 'ok') expect(judge(policy, sql).allowed).toBe(false)
  }
})
