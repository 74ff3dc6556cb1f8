import { beforeAll, describe, expect, it } from '@jest/globals'
import { buildCatalog } from './catalog.js'
import { catalogQueries } from './catalog-queries.js'
import { decide } from './decide.js'
import { checkStartupSetting, sessionGuards } from './guards.js'
import { loadParser, TEXT_BYTES_MAX } from './parser.js'
import { compilePolicy } from './policy.js'
import { recordedAnswers, recordedCatalog, type Rows } from './testing.js'

const policy = compilePolicy({ id: 'pol_readonly', version: 1, accessMode: 'read_only' })
const catalog = recordedCatalog(18)
const judge = (sql: string, more: Partial<Parameters<typeof decide>[1]> = {}) => decide(sql, { policy, catalog, protocol: 'simple', ...more })

beforeAll(() => loadParser())

describe('a decision', () => {
  it.each([
    ['', []],
    [' ;; -- nothing\n', []],
    ['SELECT 1', ['select']],
    ['BEGIN; SHOW all; SET timezone = 1; SELECT 1; COMMIT', ['transaction', 'show', 'set', 'select', 'transaction']],
    ['EXPLAIN SELECT 1', ['explain']],
    ['COPY (SELECT 1) TO STDOUT', ['copy']],
    ['PREPARE a AS SELECT 1; EXECUTE a; DEALLOCATE a', ['prepare', 'execute', 'prepare']],
    ['DECLARE c CURSOR FOR SELECT 1; FETCH c; CLOSE c', ['cursor', 'cursor', 'cursor']],
    ['DISCARD ALL', ['discard']],
  ])('of %j names its kinds', (sql, kinds) => expect(judge(sql)).toMatchObject({ allowed: true, kinds }))

  it.each([
    ['SELECT * FROM app.accounts WHERE id = 1', true],
    ['SELECT * FROM app.accounts LIMIT 5', true],
    ['SET statement_timeout = 5', false],
    ["SELECT set_config('work_mem', '64', false)", false],
    ["SELECT pg_input_is_valid('1', 'int4')", false],
  ])('of %j says whether other integers may share it', (sql, literalFree) => expect(judge(sql)).toMatchObject({ allowed: true, literalFree }))

  it('keeps the message, SQLSTATE and position of a plain syntax error, and forwards nothing', () =>
    expect(judge('SELECT 1;\nSELEC 2')).toMatchObject({ allowed: false, rule: 'parse_error', sqlState: '42601', message: 'syntax error at or near "SELEC"', position: 11 }))

  it.each([
    ['a NUL, where a C parser would stop', 'SELECT 1\0; DELETE FROM x', 'parse_error', '42501'],
    ['half a surrogate pair', "SELECT '\ud800'", 'parse_error', '42501'],
    ['deep nesting', `SELECT ${'('.repeat(20_000)}1${')'.repeat(20_000)}`, 'parse_error', '42501'],
    ['a long chain of operators', `SELECT 1${' + 1'.repeat(60_000)}`, 'parse_error', '42501'],
    ['a text beyond the cap', `SELECT '${'x'.repeat(TEXT_BYTES_MAX)}'`, 'size_limit', '54000'],
  ])('refuses %s and goes on', (_case, sql, rule, sqlState) => {
    expect(judge(sql)).toMatchObject({ allowed: false, rule, sqlState })
    expect(judge('SELECT 1').allowed).toBe(true)
  })

  it.each([
    ['SELECT * FROM app.missing', 'app.missing'],
    ['SELECT app.missing(1)', 'app.missing'],
    ["SELECT 'x'::app.missing", 'app.missing'],
    ['SELECT * FROM (WITH x AS (SELECT 1) SELECT * FROM x) s, x', 'relation x'],
  ])('refuses a name that is not in the catalog: %s', (sql, name) => {
    const decision = judge(sql)
    expect(decision).toMatchObject({ allowed: false, rule: 'unresolved_name' })
    if (!decision.allowed) expect(decision.message).toContain(name)
  })

  it.each(['SELECT 1', 'BEGIN', 'SET timezone = 1', 'SHOW work_mem', 'SELECT 1::int'])('without a catalog lets %s pass, which names nothing', (sql) =>
    expect(judge(sql, { catalog: undefined }).allowed).toBe(true))
  it.each(['SELECT now()', 'SELECT * FROM pg_class', "SELECT 'a'::regclass FROM app.accounts"])('without a catalog refuses %s', (sql) =>
    expect(judge(sql, { catalog: undefined })).toMatchObject({ allowed: false, rule: 'unresolved_name' }))
})

describe('what a database hides', () => {
  const with18 = (extra: Record<string, Rows>) => recordedCatalog(18, extra)

  it('refuses the bare name of an operator that somebody shadows, and takes the qualified one', () => {
    const shadowed = with18({ operators: [['shadow', '=', '25', '25', 'app', 'touch']] })
    for (const sql of ["SELECT 'a' = 'b'", "SELECT 1 WHERE 'a' IN ('b')", "SELECT CASE 'a' WHEN 'b' THEN 1 END", 'SELECT * FROM app.accounts JOIN app.orders USING (id)', "SELECT 'a' = ANY ('{}')", "SELECT 'a' IN (SELECT 'b')", "SELECT nullif('a', 'b')"]) {
      expect({ sql, decision: judge(sql, { catalog: shadowed }) }).toMatchObject({ decision: { allowed: false, rule: 'side_effect_function' } })
    }
    expect(judge("SELECT 'a' OPERATOR(pg_catalog.=) 'b', 1 < 2", { catalog: shadowed }).allowed).toBe(true)
  })

  it('refuses everything where an implicit cast between built-in types calls a function of the database', () => {
    const risky = with18({ casts: [['23', '25', 'i', 'app', 'touch']] })
    expect(judge('SELECT 1', { catalog: risky })).toMatchObject({ allowed: false, rule: 'side_effect_function' })
  })

  it('takes a cast made without a function, or with a built-in one', () =>
    expect(judge("SELECT 1::text || 'a'", { catalog: with18({ casts: [['23', '25', 'i', 'pg_catalog', 'text']] }) }).allowed).toBe(true))

  it('reads JSON syntax as a call where the server is too old to know it', () => {
    const old = recordedCatalog(15)
    expect(judge("SELECT json_value('{}', '$.a')", { catalog: old })).toMatchObject({ allowed: false })
    expect(judge("SELECT json_value('{}', '$.a')").allowed).toBe(true)
  })

  it('refuses a parameter whose declared type runs code, or is not known', () => {
    const checked = catalog.types.get('checked')?.[0]?.oid ?? 0
    expect(checked).toBeGreaterThan(16383)
    expect(judge('SELECT $1', { protocol: 'extended', parameterTypes: [checked] })).toMatchObject({ allowed: false, rule: 'side_effect_function' })
    expect(judge('SELECT $1', { protocol: 'extended', parameterTypes: [999_999] })).toMatchObject({ allowed: false, rule: 'unresolved_name' })
    expect(judge('SELECT $1', { protocol: 'extended', parameterTypes: [0, 23, 25] }).allowed).toBe(true)
  })

  it('hints at pg_catalog where a function of the same name exists', () => {
    const decision = judge('SELECT initcap(owner) FROM app.accounts')
    expect(decision).toMatchObject({ allowed: false, hint: 'Write pg_catalog.initcap(…) to call the built-in function.' })
    expect(judge('SELECT pg_catalog.initcap(owner) FROM app.accounts').allowed).toBe(true)
  })

  it.each([
    // A function total(int) of the database: `o.total` stays a column wherever the item in FROM is a table that has it, or a query.
    ['SELECT s.total FROM (SELECT 1 AS total) AS s', true],
    ['WITH s AS (SELECT 1 AS total) SELECT s.total FROM s', true],
    ['SELECT a.total FROM app.accounts AS a', true],
    ['SELECT (1).total', false],
    ['SELECT n.total FROM generate_series(1, 2) AS n', false],
    ['SELECT generate_series.total FROM generate_series(1, 2)', false],
    ['SELECT x.total FROM coalesce(1) AS y, current_date', false],
    ['SELECT total FROM generate_series(1, 2) AS total', true],
  ])('knows when a dot is a call: %s → %s', (sql, allowed) =>
    expect(judge(sql, { catalog: with18({ functions: [['app', 'total', 'f', 'v', 'plpgsql', null, null, '23', '99999']] }) }).allowed).toBe(allowed))

  it('takes a column that a function of rows shares its name with, where the table has it', () => {
    const accounts = catalog.relations.get('accounts')?.[0]
    const named: Record<string, Rows> = {
      functions: [['app', 'balance', 'f', 'v', 'plpgsql', null, null, String(accounts?.rowType), '99999']],
      shadowed_columns: [[String(accounts?.oid), 'balance']],
    }
    expect(judge('SELECT a.balance FROM app.accounts AS a', { catalog: with18(named) }).allowed).toBe(true)
    expect(judge('SELECT a.balance FROM app.accounts AS a(b, c, d)', { catalog: with18(named) }).allowed).toBe(false)
    expect(judge('SELECT c.balance FROM app.customers AS c', { catalog: with18(named) }).allowed).toBe(false)
  })

  it('is not fooled by a function that somebody put into pg_catalog', () =>
    expect(judge('SELECT pg_catalog.lower(1)', { catalog: with18({ functions: [['pg_catalog', 'lower', 'f', 'i', 'plpgsql', null, null, null, '99999']] }) }).allowed).toBe(false))
})

describe('the catalog', () => {
  it('has a version that follows its content', () => {
    expect(buildCatalog(recordedAnswers(18)).version).toBe(catalog.version)
    expect(recordedCatalog(18, { operators: [['a', '+', '0', '23', 'app', 'touch']] }).version).not.toBe(catalog.version)
  })
  it.each(catalogQueries.map((query) => query.name))('is not built without the answer to %s', (name) => {
    const answers = recordedAnswers(18)
    delete answers[name]
    expect(() => buildCatalog(answers)).toThrow(name)
  })
})

describe('settings', () => {
  const capped = compilePolicy({ id: 'pol_capped', version: 1, accessMode: 'read_only', statementTimeoutMsMax: 5000 })
  it.each([
    ['SET statement_timeout = 5000', true], ["SET statement_timeout = '5s'", true], ["SET statement_timeout = '4999ms'", true], ['RESET statement_timeout', true],
    ['SET statement_timeout = 0', false], ['SET statement_timeout = 5001', false], ["SET statement_timeout = '1min'", false], ["SET statement_timeout = '0.1h'", false],
    ["SET statement_timeout = ' 6s '", false], ["SET statement_timeout = '0x7fffffff'", false], ["SET statement_timeout = '1e9'", false], ["SELECT set_config('statement_timeout', '0', false)", false], ['SET statement_timeout = -1', false],
  ])('under a ceiling of 5 s: %s → %s', (sql, allowed) => expect(judge(sql, { policy: capped }).allowed).toBe(allowed))

  it('gives read-only sessions guards that hold, and read-write ones none', () => {
    expect(sessionGuards(policy).startup).toMatchObject({ default_transaction_read_only: 'on', standard_conforming_strings: 'on', client_encoding: 'UTF8' })
    for (const [name, value] of Object.entries(sessionGuards(policy).watched)) expect(sessionGuards(policy).startup[name]).toBe(value)
    expect(sessionGuards(compilePolicy({ id: 'p', version: 1, accessMode: 'read_write' }))).toEqual({ startup: {}, watched: {} })
  })

  it.each([
    ['timezone', 'UTC', true], ['DateStyle', 'ISO', true], ['search_path', 'x', true], ['default_transaction_read_only', 'on', true],
    ['default_transaction_read_only', 'off', false], ['session_replication_role', 'replica', false], ['client_encoding', 'SJIS', false], ['role', 'postgres', false],
  ])('judges a startup parameter like SET: %s=%s → %s', (name, value, passes) => expect(checkStartupSetting(policy, name, value) === undefined).toBe(passes))
})
