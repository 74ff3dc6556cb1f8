/** Each catalog, and each function that looks at the server, has been looked at and stands on one side; what nobody has looked at is closed. */
import { beforeAll, describe, expect, it } from '@jest/globals'
import type { Catalog } from '../catalog.js'
import { decide } from '../decide.js'
import { loadParser } from '../parser.js'
import { compilePolicy } from '../policy.js'
import { recordedCatalog } from '../testing.js'
import { isOpenFunction, isOpenRelation } from './open-names.js'

const masked = compilePolicy({ id: 'pol_open', version: 1, accessMode: 'read_only', maskingRules: [{ table: 'app.accounts', column: 'balance', kind: 'redact' }] })
const unmasked = compilePolicy({ id: 'pol_plain', version: 1, accessMode: 'read_only' })

beforeAll(() => loadParser())

describe.each([15, 18] as const)('on Postgres %i, under masks', (major) => {
  const catalog = recordedCatalog(major)
  const rule = (sql: string, policy = masked, known: Catalog = catalog): string => {
    const decision = decide(sql, { policy, catalog: known, protocol: 'simple', catalogIsFresh: true })
    return decision.allowed ? 'passes' : decision.rule
  }
  const builtin = [...catalog.relationsByOid.values()].filter((each) => each.builtin && (each.kind === 'r' || each.kind === 'v'))

  it('a catalog is open only if it is on the list', () => {
    const opened = builtin.filter((each) => rule(`SELECT 1 FROM ${each.schema}.${each.name}`) === 'passes')
    expect(opened.length).toBeGreaterThan(100)
    expect(opened.filter((each) => !isOpenRelation(each))).toEqual([])
    const closed = builtin.filter((each) => !opened.includes(each)).map((each) => each.name)
    expect(closed).toEqual(expect.arrayContaining(['pg_stats', 'pg_statistic', 'pg_stat_slru', 'pg_shmem_allocations', 'pg_statio_all_sequences']))
  })

  it('a catalog or function that a later server brings is closed until somebody has looked', () => {
    const [some] = builtin.filter((each) => each.name === 'pg_am')
    if (some === undefined) throw new Error('pg_am')
    const later = { ...some, name: 'pg_stat_later', oid: 16_000 }
    const withLater: Catalog = {
      ...catalog,
      relations: new Map([...catalog.relations, ['pg_stat_later', [later]]]), relationsByOid: new Map([...catalog.relationsByOid, [later.oid, later]]),
      functions: new Map([...catalog.functions, ['pg_stat_get_later', [{ schema: 'pg_catalog', name: 'pg_stat_get_later', builtin: true, risk: undefined }]]]),
    }
    for (const sql of ['SELECT * FROM pg_catalog.pg_stat_later', 'SELECT pg_stat_get_later(1)', 'SELECT (1).pg_stat_get_later', 'SELECT x.pg_stat_get_later FROM teams x']) {
      expect({ sql, rule: rule(sql, masked, withLater) }).toEqual({ sql, rule: 'closed_catalog' })
    }
    for (const sql of ['SELECT * FROM pg_catalog.pg_stat_later', 'SELECT pg_stat_get_later(1)']) expect({ sql, rule: rule(sql, unmasked, withLater) }).toEqual({ sql, rule: 'passes' })
  })

  it('every function on the list passes, and of the others that look at the server none does', () => {
    const looking = [...catalog.functions].filter(([name, entries]) => name.startsWith('pg_') && entries.some((each) => each.builtin && each.risk === undefined)).map(([name]) => name)
    const passes = (name: string) => rule(`SELECT ${name}()`) === 'passes'
    expect(looking.length).toBeGreaterThan(200)
    expect(looking.filter((name) => !isOpenFunction(name) && passes(name))).toEqual([])
    expect(looking.filter((name) => isOpenFunction(name) && !passes(name) && !DEFINITIONS.test(name))).toEqual([])
  })
})

/** Closed where a definition tells of a masked column. */
const DEFINITIONS = /^pg_get_(constraintdef|indexdef|expr|partition_constraintdef|partkeydef|statisticsobjdef|statisticsobjdef_expressions|triggerdef|ruledef|publication_tables|viewdef)$|^pg_input_/
