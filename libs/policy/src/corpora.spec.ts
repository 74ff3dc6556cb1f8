/** The corpora are the specification: every attack is refused by its rule, every legitimate statement passes. */
import { beforeAll, describe, expect, it } from '@jest/globals'
import { analytics } from './corpora/analytics.js'
import { attacks } from './corpora/attacks.js'
import { toolStatements } from './corpora/tools.js'
import { decide } from './decide.js'
import { loadParser } from './parser.js'
import { compilePolicy } from './policy.js'
import { recordedCatalog } from './testing.js'

const policy = compilePolicy({ id: 'pol_readonly', version: 1, accessMode: 'read_only' })
const majors = [15, 18] as const
const catalogs = { 15: recordedCatalog(15), 18: recordedCatalog(18) }
const judge = (sql: string, major: 15 | 18, protocol: 'simple' | 'extended' = 'simple') => decide(sql, { policy, catalog: catalogs[major], protocol })

beforeAll(() => loadParser())

it('holds at least 450 attacks of 25 classes, and 300 legitimate statements, those of tools with the tool named', () => {
  expect(attacks.length).toBeGreaterThanOrEqual(450)
  expect(new Set(attacks.map((attack) => attack.class)).size).toBeGreaterThanOrEqual(25)
  expect(new Set(toolStatements.map((one) => one.tool)).size).toBeGreaterThanOrEqual(15)
  expect(toolStatements.length).toBeGreaterThanOrEqual(180)
  expect(toolStatements.length + analytics.length).toBeGreaterThanOrEqual(300)
  expect(toolStatements.every((one) => one.tool.length > 3)).toBe(true)
  expect(new Set(attacks.map((attack) => attack.sql)).size).toBe(attacks.length)
})

describe.each(majors)('on Postgres %i', (major) => {
  const known = <T extends { readonly sinceMajor?: number }>(all: readonly T[]) => all.filter((one) => (one.sinceMajor ?? 0) <= major)

  it.each([...new Set(attacks.map((attack) => attack.class))])('refuses every attack of class "%s" by its rule, over both protocols', (name) => {
    const list = known(attacks.filter((attack) => attack.class === name))
    expect(list.length).toBeGreaterThan(0)
    for (const attack of list) {
      for (const protocol of ['simple', 'extended'] as const) {
        const decision = judge(attack.sql, major, protocol)
        expect({ sql: attack.sql, ...decision }).toMatchObject({ allowed: false, rule: attack.rule, sqlState: '42501', detail: `rule: ${attack.rule}` })
        if (!decision.allowed) expect([decision.message.length, decision.hint.length].every((length) => length > 10)).toBe(true)
      }
    }
  })

  it('refuses every attack also behind and before a harmless statement', () => {
    for (const attack of known(attacks)) {
      expect({ sql: attack.sql, allowed: judge(`SELECT 1;\n${attack.sql}`, major).allowed }).toEqual({ sql: attack.sql, allowed: false })
      expect({ sql: attack.sql, allowed: judge(`${attack.sql}\n; SELECT 1`, major).allowed }).toEqual({ sql: attack.sql, allowed: false })
    }
  })

  it.each([...new Set(toolStatements.map((one) => one.tool))])('lets everything pass that %s sends', (tool) => {
    for (const one of known(toolStatements.filter((each) => each.tool === tool))) {
      expect({ sql: one.sql, decision: judge(one.sql, major) }).toMatchObject({ decision: { allowed: true, rule: 'ok' } })
    }
  })

  it('lets analysis pass', () => {
    for (const one of known(analytics)) expect({ sql: one.sql, decision: judge(one.sql, major) }).toMatchObject({ decision: { allowed: true } })
  })
})
