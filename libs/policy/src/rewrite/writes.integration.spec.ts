/**
 * Writes under masks and a row filter, against a real server. What is legitimate does just what it does without the policy;
 * over two databases that differ only in what is hidden, every statement says and does the same.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { legitimateMerges, mergeAttacks, returningMerges } from '../corpora/merges.js'
import { writeAttacks, writeAttackSequences } from '../corpora/write-attacks.js'
import { writeData, writeMaskingRules, writeRowFilters, writeSchema } from '../corpora/write-fixture.js'
import { legitimateWrites, returningWrites } from '../corpora/writes.js'
import { compilePolicy } from '../policy.js'
import { WriteDatabases, type WriteKind } from '../testing/write-databases.js'
import { MOVED } from './guard.js'

const policy = compilePolicy({ id: 'pol_writes', version: 1, accessMode: 'read_write', maskingRules: writeMaskingRules, rowFilters: writeRowFilters })
const databases = new WriteDatabases({
  policy, schema: writeSchema, data: writeData, schemas: ['w'], canary: /canary-0|canary\d\d|secret-0/,
  sequences: () => ({ 'w.people_id_seq': 1000, 'w.items_id_seq': 1000, 'w.log_id_seq': 1000, 'w.ident_id_seq': 1000 }),
})
const { clients, judge } = databases

beforeAll(() => databases.open(process.env['PGBEAM_TEST_DATABASE_URL']), 120_000)
afterAll(() => databases.drop())
beforeEach(() => databases.begin())
afterEach(() => databases.rollBack())

describe('a legitimate write', () => {
  it.each([...legitimateWrites, ...legitimateMerges])('does and says what it does without the policy: %s', async (sql) => {
    await databases.isAsWithoutPolicy(sql)
  })

  it.each([...returningWrites, ...returningMerges])('returns masks: %s', async (sql, rows) => {
    const text = databases.sent(sql)
    const real = (await databases.seen('real', text)) as { rows: string[][]; fields: unknown[] }[]
    expect(real[0]?.rows.map((row) => row.map((value) => (/^[0-9a-f]{64}$/.test(value) ? 'HASH' : value)))).toEqual(rows)
    expect(await databases.seen('twin', text)).toEqual(real)
    const [{ fields } = { fields: [] }] = (await databases.seen('direct', sql)) as { fields: unknown[] }[]
    expect(real[0]?.fields).toEqual(fields)
    expect(await databases.contents('real', 'visible')).toEqual(await databases.contents('twin', 'visible'))
  })

  it('has parameters of the types that the server would give them', async () => {
    const statements = [
      'INSERT INTO items (label, price, level, at, doc, arr, code, c) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)', 'INSERT INTO items (dom, label) VALUES ($1, $2), ($3, $4)', 'INSERT INTO items (at) VALUES ($1) ON CONFLICT (id) DO UPDATE SET label = $2', 'INSERT INTO items (at, label) SELECT $1, $2', 'INSERT INTO people (salary, name) VALUES ($1, $2) RETURNING salary',
      'UPDATE people SET born = $1, salary = $2 WHERE id = $3', 'DELETE FROM members WHERE id = ANY ($1) AND note = $2', 'INSERT INTO items (c, iv) VALUES ($1, $2)', 'INSERT INTO items (flag) VALUES ($1), ($2), (NULL)', 'INSERT INTO items (pos) VALUES ($1)',
    ]
    for (const sql of statements) {
      const types = async (kind: WriteKind, text: string) => {
        await clients[kind].query(`PREPARE typed AS ${text}`)
        const { rows } = await clients[kind].query<{ types: string }>("SELECT parameter_types::text AS types FROM pg_prepared_statements WHERE name = 'typed'")
        await clients[kind].query('DEALLOCATE typed')
        return rows[0]?.types
      }
      expect({ sql, types: await types('real', databases.sent(sql)) }).toEqual({ sql, types: await types('direct', sql) })
    }
  })
})

describe('an attack by a write', () => {
  it.each([...writeAttacks, ...mergeAttacks])('says and does the same whatever is hidden: %s', async (sql) => {
    await databases.saysAndDoesTheSame(sql)
  })

  it.each(writeAttackSequences.map((messages) => [messages]))('says and does the same over several messages: %s', async (messages) => {
    for (const sql of messages) await databases.saysAndDoesTheSame(sql)
  })

  it('is refused before it is sent, for the most part, and never in half of the corpus for a legitimate reason', () => {
    const attacks = [...writeAttacks, ...mergeAttacks]
    const refused = attacks.filter((sql) => !judge(sql).allowed)
    console.log(`${legitimateWrites.length + returningWrites.length + legitimateMerges.length + returningMerges.length} legitimate writes; ${attacks.length} attacks, ${refused.length} of them refused`)
    expect([...legitimateWrites, ...legitimateMerges].filter((sql) => !judge(sql).allowed)).toEqual([])
    expect(refused.length).toBeGreaterThan(100)
    expect(refused.length).toBeLessThan(attacks.length - 30)
  })
})

/** Changes behind the proxy's back, each with writes that were judged before it. */
const changes: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['a masked column that is renamed', ['ALTER TABLE w.members RENAME secret TO open'], ["UPDATE members SET note = open WHERE id = 1", "DELETE FROM members WHERE open LIKE 'c%' RETURNING open", "INSERT INTO members (id, note) VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET note = 'y' RETURNING open", "UPDATE members SET note = 'x' WHERE id = 1 RETURNING *"]],
  ['another table in its place', ['ALTER TABLE w.items RENAME TO was_items', 'ALTER TABLE w.people RENAME TO items'], ["UPDATE items SET note = 'x' WHERE id = 1 RETURNING ssn", "UPDATE items SET note = ssn WHERE id = 1", "INSERT INTO items (name) VALUES ('x') RETURNING *", "INSERT INTO items DEFAULT VALUES RETURNING *", "INSERT INTO items (name) SELECT 'x' RETURNING *", "INSERT INTO items (name) VALUES (upper('x')) RETURNING *", "INSERT INTO items (name) SELECT 'a' UNION SELECT 'b' RETURNING *", "WITH i AS (INSERT INTO items (name) VALUES ('x') RETURNING *) SELECT * FROM i"]],
  ['what a MERGE writes to', ['ALTER TABLE w.members RENAME secret TO open'], ["MERGE INTO members m USING items i ON open LIKE 'c%' WHEN MATCHED THEN DELETE", "MERGE INTO members m USING items i ON open = 'no such' AND i.id = m.id WHEN MATCHED THEN DELETE", "MERGE INTO members m USING items i ON m.id = i.id AND open::int = 1 WHEN MATCHED THEN UPDATE SET note = open RETURNING open"]],
  ['what a MERGE sets off', ['CREATE TRIGGER shows AFTER INSERT OR UPDATE OR DELETE ON w.lines FOR EACH ROW EXECUTE FUNCTION w.copy()'], ["MERGE INTO lines l USING items i ON l.id = i.id WHEN MATCHED THEN DELETE", "MERGE INTO lines l USING items i ON false WHEN NOT MATCHED BY SOURCE THEN DELETE", "MERGE INTO lines l USING items i ON false WHEN NOT MATCHED THEN INSERT VALUES (i.id + 100)"]],
  ['a trigger', ['CREATE TRIGGER shows AFTER INSERT OR UPDATE OR DELETE ON w.lines FOR EACH ROW EXECUTE FUNCTION w.copy()'], ["UPDATE lines SET note = 'x' WHERE id = 1", 'DELETE FROM lines WHERE id = 1', "INSERT INTO lines VALUES (99, 1, 'x')", "PREPARE p AS INSERT INTO lines (id) VALUES (99); EXECUTE p"]],
  ['a rule', ['CREATE RULE shows AS ON DELETE TO w.members DO ALSO INSERT INTO w.log (note) VALUES (OLD.secret)'], ['DELETE FROM members WHERE id = 1']],
  ['a unique index over a masked column', ['CREATE UNIQUE INDEX late ON w.people (ssn)'], ["INSERT INTO people (name, ssn) VALUES ('x', 'canary-0001')"]], ['a check that compares with a masked column', ['ALTER TABLE w.people ADD CHECK (team < salary)'], ['UPDATE people SET team = 1200 WHERE id = 1']],
  ['an index that holds a masked column together with others', ['CREATE INDEX late ON w.members (n, secret)'], ['UPDATE members SET note = $$x$$ WHERE n = 7 RETURNING id']], ['a default', ['ALTER TABLE w.items ALTER code SET DEFAULT current_query()'], ["INSERT INTO items (label) VALUES ('x')"]],
  ['a child', ['CREATE TABLE w.child () INHERITS (w.items)'], ["UPDATE items SET label = 'x' WHERE id = 1"]], ['a parent', ['CREATE TABLE w.parent (id int, note text)', 'ALTER TABLE w.lines INHERIT w.parent'], ['DELETE FROM lines WHERE id = 1']], ['a key that leads to it', ['CREATE TABLE w.leads (id int REFERENCES w.lines ON DELETE CASCADE)'], ['DELETE FROM lines WHERE id = 9']],
]

it.each(writeAttacks.filter((sql) => /pet 1|guess|GUESS/.test(sql)))('a value that one chooses is not hashed: %s', (sql) => {
  expect(judge(sql)).toMatchObject({ allowed: false, rule: 'masked_relation', message: expect.stringContaining('hash') })
})

describe('what was decided is what runs', () => {
  it.each(changes)('a write finds %s', async (_what, change, writes) => {
    for (const sql of writes) {
      // Names that are there only after the change pass beforehand: nothing is known of them.
      const decision = judge(sql)
      if (!decision.allowed) throw new Error(`${decision.message}: ${sql}`)
      await clients.real.query('SAVEPOINT before')
      for (const one of change) await clients.real.query(one)
      const found = await clients.real.query(decision.rewritten?.text ?? sql).then((result) => result.rows, (error: unknown) => (error as Error).message)
      await clients.real.query('ROLLBACK TO before')
      await clients.real.query('DEALLOCATE ALL')
      expect({ sql, found }).toEqual({ sql, found: expect.stringMatching(new RegExp(`^invalid input syntax for type boolean: "${MOVED}`)) })
    }
  })

  it('a target named without its schema is the one that was looked at, whatever the search path says', async () => {
    const text = databases.sent("INSERT INTO items (label) VALUES ('mine') RETURNING tableoid::regclass::text AS name")
    for (const sql of ['CREATE TABLE aside.items (label text)', 'SET LOCAL search_path = aside, w']) await clients.real.query(sql)
    expect((await clients.real.query(text)).rows).toEqual([{ name: 'w.items' }])
  })

  it('a name that the catalog lacks is never forwarded, however fresh the catalog is', () => {
    for (const sql of ['SELECT * FROM w.later', "UPDATE w.later SET a = 1 WHERE true", 'INSERT INTO w.later VALUES (1)']) {
      expect(judge(sql, true)).toMatchObject({ allowed: false, rule: 'unresolved_name' })
    }
  })
})
