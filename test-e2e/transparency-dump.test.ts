/**
 * `pg_dump | psql` through the proxy on a Postgres 15: what comes out is what went in. (Large objects are not in it: libpq
 * reads them with FunctionCall, which is refused.)
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { spawn, execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { connect, conninfo, psql } from './support/connect.js'
import { infrastructure, type PostgresServer } from './support/infrastructure.js'
import { count, report } from './support/measure.js'
import { startStack, type Credential, type Stack } from './support/stack.js'

const ROWS = count(100_000, 1_000_000)
let stack: Stack
let server: PostgresServer
let dir: string
let source: Credential
let target: Credential
const urlOf = (name: string) => Object.assign(new URL(server.url), { pathname: `/${name}` }).toString()

beforeAll(async () => {
  stack = await startStack()
  dir = mkdtempSync(join(tmpdir(), 'pgbeam-fifteen-'))
  server = await (await infrastructure()).startPostgres({ dir, password: 'fifteen', version: 15 })
  await run(server.url, 'CREATE DATABASE source', 'CREATE DATABASE target')
  await run(urlOf('source'), `
    CREATE TYPE mood AS ENUM ('glad', 'sad');
    CREATE TABLE person (id bigserial PRIMARY KEY, name text NOT NULL, mood mood, born timestamptz, doc jsonb, tags text[], blob bytea);
    INSERT INTO person (name, mood, born, doc, tags, blob)
      SELECT 'Zoë ' || i || E'\\t\\\\.\\n', CASE WHEN i % 3 = 0 THEN 'sad' ELSE 'glad' END::mood, '2020-01-01'::timestamptz + i * interval '1 minute',
        jsonb_build_object('i', i, 'null', NULL), ARRAY['a"' || i, NULL], decode(md5(i::text), 'hex') FROM generate_series(1, ${ROWS}) AS i;
    CREATE INDEX ON person (lower(name));
    CREATE VIEW glad AS SELECT id, name FROM person WHERE mood = 'glad';
    CREATE FUNCTION twice(n int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $f$ BEGIN RETURN n * 2; END $f$;
    CREATE TABLE visit (person bigint REFERENCES person, at timestamptz) PARTITION BY RANGE (at);
    CREATE TABLE visit_2020 PARTITION OF visit FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
    INSERT INTO visit SELECT i, '2020-02-01' FROM generate_series(1, 1000) AS i;`)
  const project = async (name: string) =>
    stack.createCredential({ project: await stack.createProject({ host: '127.0.0.1', port: server.port, name, username: 'postgres', password: 'fifteen' }) })
  source = await project('source')
  target = await project('target')
})
afterAll(async () => {
  await stack?.stop()
  await server?.stop()
  if (dir) rmSync(dir, { recursive: true, force: true })
})

async function run(url: string, ...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  for (const sql of statements) await client.query(sql)
  await client.end()
}

/** A pg_dump that is no older than the server: Debian's versioned ones first. */
function pgDump(): string {
  const found = ['15', '16', '17', '18'].map((major) => `/usr/lib/postgresql/${major}/bin/pg_dump`).find((path) => existsSync(path))
  return found ?? execFileSync('sh', ['-c', 'command -v pg_dump'], { encoding: 'utf8' }).trim()
}

/** A dump as text, without the lines that differ from run to run. */
function dump(connection: string, password: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(pgDump(), ['--dbname', connection], { env: { PATH: process.env.PATH, HOME: '/nonexistent', PGPASSWORD: password, LC_ALL: 'C.UTF-8' } })
    const chunks: Buffer[] = []
    let stderr = ''
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve(Buffer.concat(chunks).toString().replace(/^\\(un)?restrict .*\n/gm, ''))
      else reject(new Error(`pg_dump ended with ${code}: ${stderr}`))
    })
  })
}

it('is equal to the dump taken directly, and restores through the proxy to the same database', async () => {
  const [direct, startedAt] = [await dump(urlOf('source'), 'fifteen'), performance.now()]
  const through = await dump(conninfo(stack, source), source.password)
  report('pg_dump through the proxy', Math.round(through.length / 1e5) / 10, 'MB')
  expect(through.length).toBeGreaterThan(ROWS * 50)
  expect(through === direct).toBe(true)
  const restored = await psql(['-q', '-1', conninfo(stack, target)], { password: target.password, input: through })
  expect(restored).toMatchObject({ code: 0, stderr: '' })
  report('pg_dump | psql through the proxy', Math.round(performance.now() - startedAt), 'ms')
  expect((await dump(urlOf('target'), 'fifteen')) === direct).toBe(true)
  const client = await connect(stack, target)
  expect((await client.query('SELECT count(*)::int AS n, (SELECT twice(21)) AS twice FROM person')).rows).toEqual([{ n: ROWS, twice: 42 }])
  await client.end()
})
