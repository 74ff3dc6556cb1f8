/**
 * Writes under masks on the protocol's own level: two databases that differ only in what a policy hides are talked to with messages
 * that no driver sends, and answer with the same bytes; and what is changed behind the proxy's back shows nothing. The stored user is a superuser.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { moreWriteData, moreWriteMaskingRules, moreWriteRowFilters, moreWriteSchema, writeData, writeMaskingRules, writeRowFilters, writeSchema } from '@pgbeam/policy/corpora'
import pg from 'pg'
import { rawLogin, rawSession } from './support/login.js'
import type { WireScript } from './support/mask-wire-scripts.js'
import { bindMessage, ConnectionClosed, errorFields, executeMessage, parseMessage, queryMessage, syncMessage, type Frame, type RawClient } from './support/raw-client.js'
import { startStack, type Credential, type Stack } from './support/stack.js'
import { writeStartups, writeWireScripts } from './support/write-wire-scripts.js'

// Hashes are of a key of the project, and the two databases are in one each.
const RULES = { access_mode: 'read_write', masking_rules: [...writeMaskingRules, ...moreWriteMaskingRules].map((rule) => (rule.kind === 'hash' ? { ...rule, kind: 'redact' } : rule)), row_filters: [...writeRowFilters, ...moreWriteRowFilters] }
const PATH = { options: '-c search_path=w2,w' }
const KINDS = ['real', 'twin'] as const
type Kind = (typeof KINDS)[number]
const END = 'the end of the script'
const END_QUERY = queryMessage(`SELECT '${END}'`)

let stack: Stack
const urls = {} as Record<Kind, string>
const credentials = {} as Record<Kind, Credential>
const sessions: Partial<Record<Kind, RawClient>> = {}

async function onDatabase(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  for (const sql of statements) await client.query(sql)
  await client.end()
}

beforeAll(async () => {
  stack = await startStack()
  const of = (name: string) => Object.assign(new URL(stack.upstream.superuserUrl), { pathname: `/${name}` }).toString()
  const { name } = stack.upstream
  await onDatabase(of(name), [...writeSchema, ...moreWriteSchema])
  await onDatabase(of('postgres'), [`CREATE DATABASE "${name}_twin" TEMPLATE "${name}"`, `ALTER ROLE ${pg.escapeIdentifier(stack.upstream.username)} SUPERUSER`])
  for (const kind of KINDS) {
    urls[kind] = of(kind === 'real' ? name : `${name}_twin`)
    await onDatabase(urls[kind], [...writeData(kind), ...moreWriteData(kind)])
    const project = kind === 'real' ? stack.project : await stack.createProject({ name: `${name}_twin` })
    const policy = (await stack.api.post(`/v1/projects/${project.id}/policies`, { name: 'writes', ...RULES })) as { id: string }
    credentials[kind] = await stack.createCredential({ project, policyId: policy.id })
  }
}, 180_000)

afterAll(async () => {
  for (const session of Object.values(sessions)) session.socket.destroy()
  if (stack === undefined) return
  await stack.onUpstream(`ALTER ROLE ${pg.escapeIdentifier(stack.upstream.username)} NOSUPERUSER`)
  await stack.onUpstream(`DROP DATABASE IF EXISTS "${stack.upstream.name}_twin" WITH (FORCE)`)
  await stack.stop()
})

const readable = (frame: Frame): string => (frame.type === 'E' || frame.type === 'N' ? `${frame.type} ${JSON.stringify(errorFields(frame))}` : `${frame.type} ${frame.body.toString('latin1')}`)

/** What comes up to the end of the script, or of the connection. */
async function heardFrom(session: RawClient): Promise<string[]> {
  const frames: Frame[] = []
  try {
    for (let ended = false; !ended || frames.at(-1)?.type !== 'Z'; ended ||= frames.at(-1)!.type === 'D' && frames.at(-1)!.body.includes(END)) frames.push(await session.frame())
  } catch (error) {
    if (!(error instanceof ConnectionClosed)) throw error
    frames.push({ type: 'closed', body: Buffer.alloc(0) })
    session.socket.destroy()
  }
  return frames.map(readable)
}

async function told(kind: Kind, script: WireScript): Promise<string[]> {
  const session = (sessions[kind] ??= await rawSession(stack, credentials[kind], { parameters: PATH }))
  session.send(...script.filter((part) => part !== null), syncMessage(), queryMessage('ROLLBACK'), queryMessage('DISCARD ALL'), END_QUERY)
  const frames = await heardFrom(session)
  if (frames.at(-1)?.startsWith('closed') === true) delete sessions[kind]
  return frames
}

const leaksIn = (frames: readonly string[], own: boolean): readonly string[] => frames.filter((frame) => (!own && /canary|63616e617279/i.test(frame)) || /row_security_active|pg_identify_object|pg_inherits|pgbeam_catalog_moved"? /.test(frame))

it('at least 100 conversations that write sound the same, whatever the hidden data is', async () => {
  const wrong: unknown[] = []
  const counts = { rows: 0, refused: 0, failed: 0, closed: 0 }
  for (const script of writeWireScripts) {
    const [real, twin] = [await told('real', script), await told('twin', script)]
    counts.rows += Number(real.filter((frame) => /^[Dd] /.test(frame)).length > 1)
    counts.refused += Number(real.some((frame) => frame.includes('"rule: ')))
    counts.failed += Number(real.some((frame) => frame.startsWith('E ') && !frame.includes('"rule: ')))
    counts.closed += Number(real.some((frame) => frame.startsWith('closed')))
    // Values of the client's own may come back to it.
    const leaks = leaksIn(real, Buffer.concat(script.filter((part) => part !== null)).includes('canar'))
    if (JSON.stringify(real) === JSON.stringify(twin) && leaks.length === 0) continue
    const at = real.findIndex((frame, index) => frame !== twin[index])
    wrong.push({ script: script.map((part) => part?.toString('latin1').slice(0, 200)), at, real: real[at]?.slice(0, 300), twin: twin[at]?.slice(0, 300), leaks: leaks.slice(0, 2) })
  }
  expect(wrong).toEqual([])
  expect(writeWireScripts.length).toBeGreaterThanOrEqual(100)
  expect(counts.rows).toBeGreaterThan(50)
  expect(counts.closed).toBeLessThan(3)
  console.log(`measured: masks: conversations that write = ${writeWireScripts.length}: ${JSON.stringify(counts)}`)
}, 180_000)

it('whatever a client that writes asks for at the start, its session is refused or hears the same', async () => {
  const wrong: unknown[] = []
  let refused = 0
  for (const parameters of writeStartups) {
    const heard: string[] = []
    for (const kind of KINDS) {
      const { client, transcript } = await rawLogin(stack, credentials[kind], { parameters })
      if (transcript.error) {
        heard.push(JSON.stringify(transcript.error))
        refused++
      } else {
        client.send(queryMessage("BEGIN; UPDATE filed SET note = 'x' WHERE id < 3 RETURNING *"), queryMessage('ROLLBACK'), queryMessage('UPDATE leads SET v = 10 WHERE id = 1'), queryMessage("INSERT INTO guessed (id, note) VALUES (1, 'x')"), queryMessage('SELECT * FROM secret_rows ORDER BY id'), END_QUERY)
        heard.push((await heardFrom(client)).join('\n'))
      }
      client.socket.destroy()
    }
    if (heard[0] !== heard[1] || leaksIn([heard[0]!], false).length > 0) wrong.push({ parameters, heard: heard.map((each) => each.slice(0, 300)) })
  }
  expect(wrong).toEqual([])
  expect(refused / 2).toBeGreaterThan(5)
  expect(refused / 2).toBeLessThan(writeStartups.length - 5)
}, 60_000)

/** Done by the database's owner while the proxy holds verdicts and statements of before; undone by the second list. */
const CHANGES: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['two columns change names', ['ALTER TABLE w2.filed RENAME secret TO x', 'ALTER TABLE w2.filed RENAME note TO secret', 'ALTER TABLE w2.filed RENAME x TO note'], ['ALTER TABLE w2.filed RENAME note TO x', 'ALTER TABLE w2.filed RENAME secret TO note', 'ALTER TABLE w2.filed RENAME x TO secret']],
  ['two tables change names', ['ALTER TABLE w2.free RENAME TO x', 'ALTER TABLE w2.filed RENAME TO free', 'ALTER TABLE w2.x RENAME TO filed'], ['ALTER TABLE w2.free RENAME TO x', 'ALTER TABLE w2.filed RENAME TO free', 'ALTER TABLE w2.x RENAME TO filed']],
  ['a table is made anew with its columns in another order', ['ALTER TABLE w2.filed RENAME TO was', 'CREATE TABLE w2.filed AS SELECT id, secret AS note, note AS secret FROM w2.was', 'ALTER TABLE w2.filed ADD PRIMARY KEY (id)'], ['DROP TABLE w2.filed', 'ALTER TABLE w2.was RENAME TO filed']],
  ['a schema takes the name of another', ['ALTER SCHEMA w2 RENAME TO was', 'CREATE SCHEMA w2', 'CREATE VIEW w2.filed AS SELECT id, secret AS note, note AS secret FROM was.filed'], ['DROP SCHEMA w2 CASCADE', 'ALTER SCHEMA was RENAME TO w2']],
  ['row security comes over the rows', ['CREATE POLICY p ON w2.filed USING (true) WITH CHECK (secret > $$d$$)', 'ALTER TABLE w2.filed ENABLE ROW LEVEL SECURITY', 'ALTER TABLE w2.filed FORCE ROW LEVEL SECURITY'], ['DROP POLICY p ON w2.filed', 'ALTER TABLE w2.filed DISABLE ROW LEVEL SECURITY', 'ALTER TABLE w2.filed NO FORCE ROW LEVEL SECURITY']],
  ['a masked column is dropped, and another has its name', ['ALTER TABLE w2.filed RENAME secret TO note2', 'ALTER TABLE w2.filed ADD secret text'], ['ALTER TABLE w2.filed DROP secret', 'ALTER TABLE w2.filed RENAME note2 TO secret']],
]
const BESIDE = ['SELECT * FROM filed ORDER BY id LIMIT 3', 'SELECT note FROM filed ORDER BY id LIMIT 3', "UPDATE filed SET id = id WHERE id = 1 RETURNING *", 'DELETE FROM filed WHERE id = 2 RETURNING note', "INSERT INTO free (id) VALUES (500) RETURNING *", 'SELECT * FROM free ORDER BY id LIMIT 3', "UPDATE free SET id = id WHERE id = 1 RETURNING *"]

it.each(CHANGES)('shows nothing by a statement, prepared or remembered, when %s behind the proxy', async (_what, change, undone) => {
  const session = await rawSession(stack, credentials.real, { parameters: PATH })
  const prepare = BESIDE.map((sql, at) => parseMessage(sql, `s${at}`))
  const each = BESIDE.flatMap((sql, at) => [queryMessage('BEGIN'), bindMessage([], { statement: `s${at}`, resultFormat: at % 2 }), executeMessage(), syncMessage(), queryMessage('ROLLBACK'), queryMessage('BEGIN'), queryMessage(sql), queryMessage('ROLLBACK')])
  session.send(...prepare, syncMessage(), ...each, END_QUERY)
  const before = await heardFrom(session)
  expect(before.filter((frame) => frame.startsWith('D ')).length).toBeGreaterThan(BESIDE.length)
  expect(leaksIn(before, false)).toEqual([])
  await onDatabase(urls.real, change)
  try {
    session.send(...each, END_QUERY)
    const after = await heardFrom(session)
    expect(leaksIn(after, false)).toEqual([])
    expect(after.some((frame) => frame.startsWith('closed') || frame.includes('rule: '))).toBe(true)
  } finally {
    session.socket.destroy()
    await onDatabase(urls.real, undone)
  }
})
