/**
 * The corpora against a real server. An attack counts only if the server, with nothing but the session guards, runs it
 * or refuses it for what it does: a misspelt one would prove nothing. A legitimate statement must run under the guards.
 */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import pg from 'pg'
import type { Catalog } from './catalog.js'
import { analytics } from './corpora/analytics.js'
import { attacks } from './corpora/attacks.js'
import { fixtureSchema } from './corpora/fixture.js'
import { toolStatements } from './corpora/tools.js'
import { decide } from './decide.js'
import { sessionGuards } from './guards.js'
import { loadParser } from './parser.js'
import { compilePolicy } from './policy.js'
import { readCatalog } from './testing/read-catalog.js'

const policy = compilePolicy({ id: 'pol_readonly', version: 1, accessMode: 'read_only' })
const serverUrl = process.env['PGBEAM_TEST_DATABASE_URL'] ?? ''
const database = `gate_${randomBytes(6).toString('hex')}`
const guards = Object.entries(sessionGuards(policy).startup).filter(([name]) => name !== 'client_encoding').map(([name, value]) => `-c ${name}=${value}`).join(' ')
let catalog: Catalog

async function open(name: string, options?: string): Promise<pg.Client> {
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  const client = new pg.Client({ connectionString: url.toString(), ...(options === undefined ? {} : { options }) })
  client.on('error', () => undefined) // attacks may end their own session
  await client.connect()
  return client
}

/** Runs one text in a session of its own; what happened as a SQLSTATE, `ok` for none. COPY to or from the client is answered. */
async function outcome(sql: string): Promise<{ code: string; message: string }> {
  const client = await open(database, `${guards} -c statement_timeout=10s`)
  try {
    await new Promise<void>((resolve, reject) => {
      let failure: Error | undefined
      const connection = () => (client as unknown as { connection: { query(sql: string): void; sendCopyFail(message: string): void } }).connection
      const nothing = () => undefined
      client.once('end', () => reject(failure ?? Object.assign(new Error('ended'), { code: '57P01' })))
      client.query({
        submit: () => connection().query(sql),
        handleRowDescription: nothing, handleDataRow: nothing, handleCommandComplete: nothing, handleEmptyQuery: nothing, handleCopyData: nothing, handlePortalSuspended: nothing,
        handleCopyInResponse: () => connection().sendCopyFail('no data'),
        handleError: (error: Error) => { failure ??= error; reject(error) },
        handleReadyForQuery: () => resolve(),
      } as unknown as pg.Submittable)
    })
    return { code: 'ok', message: '' }
  } catch (error) {
    return { code: (error as { code?: string }).code ?? 'none', message: (error as Error).message }
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Columns with their types, and rows; settings are those of the session, so each has one of its own. */
async function rowsOf(sql: string): Promise<string> {
  const client = await open(database, guards)
  try {
    const answer = await client.query<unknown[]>({ text: sql, rowMode: 'array', types: { getTypeParser: () => (text: string) => text } })
    const results = (Array.isArray(answer) ? answer : [answer]) as pg.QueryArrayResult[]
    return JSON.stringify(results.map((one) => [one.fields.map((field) => [field.name, field.dataTypeID, field.dataTypeModifier]), one.rows, one.command]))
  } finally {
    await client.end()
  }
}

beforeAll(async () => {
  expect(serverUrl).not.toBe('')
  await loadParser()
  const admin = await open('postgres')
  await admin.query(`CREATE DATABASE ${database}`)
  await admin.end()
  const client = await open(database)
  for (const sql of fixtureSchema) await client.query(sql)
  catalog = await readCatalog(client)
  await client.end()
}, 60_000)

afterAll(async () => {
  const admin = await open('postgres')
  await admin.query(`SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active AND database IS NOT DISTINCT FROM '${database}'`)
  await admin.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`)
  await admin.query('ALTER SYSTEM RESET ALL')
  await admin.end()
})

// Syntax, unknown names, wrong types and ambiguity: what a typing mistake looks like.
const MISTAKE = /^(42601|42P01|42P02|42703|42883|42803|42804|42846|42725|3F000|22P02|none)$/

it('has only real attacks: the server knows every name and type in them', async () => {
  const mistaken: string[] = []
  let worked = 0
  for (const attack of attacks) {
    if (attack.live === false || (attack.sinceMajor ?? 0) > catalog.serverMajor) continue
    const { code, message } = await outcome(attack.sql)
    if (code === 'ok') worked++
    if (MISTAKE.test(code)) mistaken.push(`${code} ${message}: ${attack.sql}`)
  }
  expect(mistaken).toEqual([])
  // With only the guards a good part of them goes through: that is what the gate is for.
  expect(worked).toBeGreaterThan(200)
}, 180_000)

it('refuses them all by the catalog of this server', () => {
  const passed = attacks.filter((attack) => (attack.sinceMajor ?? 0) <= catalog.serverMajor && decide(attack.sql, { policy, catalog, protocol: 'simple' }).allowed)
  expect(passed.map((attack) => attack.sql)).toEqual([])
})

it('passes and runs what tools and analysts send', async () => {
  const wrong: string[] = []
  let rewritten = 0
  const statements = [...toolStatements.filter((one) => one.tool !== 'psql 15 \\d' && one.tool !== 'psql 15'), ...analytics].filter((one) => (one.sinceMajor ?? 0) <= catalog.serverMajor)
  for (const { sql } of statements) {
    const decision = decide(sql, { policy, catalog, protocol: 'simple' })
    if (!decision.allowed) wrong.push(`refused (${decision.message}): ${sql}`)
    const { code, message } = await outcome(/\$[0-9]/.test(sql) && !sql.includes('PREPARE') ? `PREPARE statement AS ${sql}` : sql)
    if (code !== 'ok') wrong.push(`${code} ${message}: ${sql}`)
    if (decision.allowed && decision.rewritten !== undefined && !sql.includes('$1')) {
      rewritten++
      if ((await rowsOf(decision.rewritten.text)) !== (await rowsOf(sql))) wrong.push(`answers otherwise as it is sent: ${sql}`)
    }
  }
  expect(wrong).toEqual([])
  expect(statements.length).toBeGreaterThan(200)
  // Those that read catalogs with secrets beside what they are asked for.
  expect(rewritten).toBeGreaterThan(7)
}, 120_000)
