/** What a statement's answer holds, by statement. */
import { beforeAll, expect, it } from '@jest/globals'
import { outcomeOf, type Outcome } from './outcomes.js'
import { loadParser, parseStatements } from './parser.js'

beforeAll(() => loadParser())

const rows = { type: 'rows' } as const
const other = { type: 'other' } as const
const write = (returns = false, atMost?: number) => ({ type: 'write', returns, atMost }) as const
it.each<[string, Outcome]>([
  ['SELECT 1', rows], ['TABLE t', rows], ['VALUES (1), (2)', rows], ['SELECT 1 UNION SELECT 2', rows], ['WITH w AS (DELETE FROM t WHERE true RETURNING a) SELECT * FROM w', rows],
  ['SELECT a INTO b FROM t', write()], ['CREATE TABLE b AS SELECT a FROM t', write()], ['CREATE MATERIALIZED VIEW b AS SELECT a FROM t', write()],
  ['INSERT INTO t SELECT a FROM b', write()], ['INSERT INTO t VALUES (1), (2), (3)', write(false, 3)], ['INSERT INTO t DEFAULT VALUES RETURNING a', write(true, 1)],
  ['INSERT INTO t VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 2 RETURNING a', write(true, 1)], ['INSERT INTO t TABLE b', write()],
  ['INSERT INTO t VALUES (generate_series(1, 100))', write()], [`INSERT INTO t VALUES (('{1,2}'::int[]).unnest)`, write()], ['INSERT INTO t VALUES (1 + 1)', write()], ['INSERT INTO t VALUES ((SELECT 1))', write()],
  [`INSERT INTO t VALUES ($1, 'a'::varchar(3), DEFAULT, CURRENT_DATE, NULL, -1, ARRAY[1, 2]::int[])`, write(false, 1)],
  ['INSERT INTO t VALUES (1) UNION ALL SELECT a FROM b', write()],
  ['UPDATE t SET a = 1', write()], ['DELETE FROM t RETURNING *', write(true)], ['MERGE INTO t USING b ON true WHEN MATCHED THEN DELETE', write()],
  ['COPY t TO STDOUT', { type: 'copy', header: false }], ['COPY (SELECT 1) TO STDOUT', { type: 'copy', header: false }], ['COPY t TO STDOUT CSV HEADER', { type: 'copy', header: true }],
  ['COPY t TO STDOUT (FORMAT csv, HEADER)', { type: 'copy', header: true }], ['COPY t TO STDOUT (HEADER on)', { type: 'copy', header: true }], ['COPY t TO STDOUT (HEADER 1)', { type: 'copy', header: true }],
  ['COPY t TO STDOUT (HEADER "TRUE")', { type: 'copy', header: true }], ['COPY t TO STDOUT (HEADER off)', { type: 'copy', header: false }], ['COPY t TO STDOUT (HEADER 0)', { type: 'copy', header: false }],
  ['COPY t TO STDOUT (HEADER false)', { type: 'copy', header: false }], ['COPY t TO STDOUT (HEADER match)', { type: 'copy', header: false }],
  ['COPY t FROM STDIN', write()], ['COPY (DELETE FROM t WHERE true RETURNING a) TO STDOUT', write(true)],
  ['DECLARE c CURSOR FOR SELECT 1', { type: 'declare', cursor: 'c', hold: false }], ['DECLARE "C d" BINARY SCROLL CURSOR WITH HOLD FOR SELECT 1', { type: 'declare', cursor: 'C d', hold: true }],
  ['FETCH c', { type: 'fetch', cursor: 'c' }], ['FETCH BACKWARD ALL IN C', { type: 'fetch', cursor: 'c' }], ['MOVE 5 IN c', other],
  ['CLOSE c', { type: 'close', cursor: 'c' }], ['CLOSE ALL', { type: 'close', cursor: undefined }],
  ['PREPARE p AS SELECT 1', { type: 'prepare', name: 'p', outcome: rows }], ['PREPARE p (int) AS DELETE FROM t WHERE a = $1', { type: 'prepare', name: 'p', outcome: write() }],
  ['EXECUTE p', { type: 'execute', name: 'p' }], ['EXECUTE p (1)', { type: 'execute', name: 'p' }],
  ['DEALLOCATE p', { type: 'deallocate', name: 'p' }], ['DEALLOCATE ALL', { type: 'deallocate', name: undefined }], ['DISCARD ALL', { type: 'discardAll' }], ['DISCARD PLANS', other],
  ['EXPLAIN SELECT 1', other], ['EXPLAIN ANALYZE DELETE FROM t', other], ['SHOW ALL', other], ['SET work_mem = 1', other], ['BEGIN', other], ['CREATE TABLE t (a int)', other],
])('%s', (sql, outcome) => expect(outcomeOf(parseStatements(sql)[0] ?? {})).toEqual(outcome))
