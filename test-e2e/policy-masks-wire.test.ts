/**
 * Masks and row filters on the protocol's own level: two databases that differ only in what a policy hides are talked to with
 * messages that no driver sends, and answer with the same bytes. The stored user is a superuser.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import {
  definitionAttacks, lastMaskAttacks, lastMaskedData, lastMaskedSchema, lastMaskingRules, lastMaskSequences, lastRowFilters, latestMaskAttacks, maskAttacks, maskedData, maskedQueries, maskedSchema, moreMaskAttacks, moreMaskedData, moreMaskedQueries, moreMaskedSchema, moreMaskingRules, moreRowFilters,
} from '@pgbeam/policy/corpora'
import pg from 'pg'
import { connect } from './support/connect.js'
import { rawLogin, rawSession } from './support/login.js'
import { maskStartups, maskWireScripts, type WireScript } from './support/mask-wire-scripts.js'
import { FULL } from './support/measure.js'
import { bindMessage, ConnectionClosed, errorFields, executeMessage, flushMessage, parseMessage, queryMessage, syncMessage, type Frame, type RawClient } from './support/raw-client.js'
import { startStack, type Credential, type Stack } from './support/stack.js'

const RULES = {
  masking_rules: [
    { table: 'app.customers', column: 'ssn', kind: 'redact' }, { table: 'app.customers', column: 'salary', kind: 'redact' }, { table: 'app.customers', column: 'email', kind: 'null' }, { table: 'app.readings', column: 'secret', kind: 'redact' },
    ...moreMaskingRules.filter((rule) => rule.kind !== 'hash'), ...lastMaskingRules, { table: 'app.staff', column: 'mail', kind: 'redact' }, { table: 'app.staff', column: 'badge', kind: 'null' }, { table: 'app.staff', column: 'num', kind: 'redact' }, { table: 'app.loose', column: 'pin', kind: 'redact' },
  ],
  row_filters: [{ table: 'app.orders', predicate: "region = 'eu' AND amount >= 0" }, ...moreRowFilters, ...lastRowFilters],
}
const KINDS = ['real', 'twin'] as const
type Kind = (typeof KINDS)[number]
const END = 'the end of the script'

let stack: Stack
const credentials: Partial<Record<Kind, Credential>> = {}
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
  const names: Record<Kind, string> = { real: name, twin: `${name}_twin` }
  await onDatabase(of(name), [...maskedSchema, ...moreMaskedSchema, ...lastMaskedSchema])
  await onDatabase(of('postgres'), [`CREATE DATABASE "${names.twin}" TEMPLATE "${name}"`, `ALTER ROLE ${pg.escapeIdentifier(stack.upstream.username)} SUPERUSER`])
  for (const kind of KINDS) {
    await onDatabase(of(names[kind]), [...maskedData(kind), ...moreMaskedData(kind), ...lastMaskedData(kind)])
    const project = kind === 'real' ? stack.project : await stack.createProject({ name: names[kind] })
    const policy = (await stack.api.post(`/v1/projects/${project.id}/policies`, { name: 'masks', access_mode: 'read_only', ...RULES })) as { id: string }
    credentials[kind] = await stack.createCredential({ project, policyId: policy.id })
  }
}, 180_000)

afterAll(async () => {
  for (const session of Object.values(sessions)) session.socket.destroy()
  if (stack !== undefined) {
    await stack.onUpstream(`ALTER ROLE ${pg.escapeIdentifier(stack.upstream.username)} NOSUPERUSER`)
    await stack.onUpstream(`DROP DATABASE IF EXISTS "${stack.upstream.name}_twin" WITH (FORCE)`)
    await stack.stop()
  }
})

const readable = (frame: Frame): string => (frame.type === 'E' || frame.type === 'N' ? `${frame.type} ${JSON.stringify(errorFields(frame))}` : `${frame.type} ${frame.body.toString('latin1')}`)

/** Everything that a client hears, up to the end of the script or of the connection. */
async function told(kind: Kind, script: WireScript): Promise<{ frames: string[]; failed: boolean; refused: boolean; rows: number }> {
  const session = (sessions[kind] ??= await rawSession(stack, credentials[kind]!, { parameters: { options: '-c search_path=app,public' } }))
  const frames: Frame[] = []
  try {
    for (const part of script) {
      if (part !== null) session.send(part)
      else frames.push(await session.frame())
    }
    session.send(syncMessage(), queryMessage('ROLLBACK'), queryMessage(`SELECT '${END}'`))
    for (let ended = false; !ended || frames.at(-1)?.type !== 'Z'; ended ||= frames.at(-1)!.type === 'D' && frames.at(-1)!.body.includes(END)) frames.push(await session.frame())
    session.send(queryMessage('DISCARD ALL'))
    for (let frame = await session.frame(); frame.type !== 'Z'; ) frame = await session.frame()
  } catch (error) {
    if (!(error instanceof ConnectionClosed)) throw error
    frames.push({ type: 'closed', body: Buffer.alloc(0) })
    session.socket.destroy()
    delete sessions[kind]
  }
  return { frames: frames.map(readable), failed: frames.some((frame) => frame.type === 'E'), refused: frames.some((frame) => frame.type === 'E' && errorFields(frame)['D']?.startsWith('rule: ') === true), rows: frames.filter((frame) => frame.type === 'D' || frame.type === 'd').length - 1 }
}

async function compare(scripts: readonly WireScript[]): Promise<{ wrong: unknown[]; counts: string; answered: number }> {
  const wrong: unknown[] = []
  const counts = { answered: 0, failed: 0, refused: 0, closed: 0 }
  for (const script of scripts) {
    const [real, twin] = [await told('real', script), await told('twin', script)]
    if (real.rows > 0) counts.answered++
    if (real.failed) counts.failed++
    if (real.refused) counts.refused++
    if (real.frames.some((frame) => frame.startsWith('closed'))) counts.closed++
    // Parameters of the client's own may come back to it.
    const own = Buffer.concat(script.filter((part) => part !== null)).includes('canar')
    const leaks = real.frames.filter((frame) => !own && /canar|63616e6172/i.test(frame))
    const shows = real.frames.filter((frame) => /pg_identify_object|mask_inner'|pg_inherits|redacted\]'::|<> 'gone'/.test(frame))
    if (JSON.stringify(real.frames) !== JSON.stringify(twin.frames) || leaks.length > 0 || shows.length > 0) {
      const at = real.frames.findIndex((frame, index) => frame !== twin.frames[index])
      wrong.push({ script: script.map((part) => part?.toString('latin1').slice(0, 300)), at, real: real.frames[at]?.slice(0, 300), twin: twin.frames[at]?.slice(0, 300), leaks: leaks.slice(0, 2), shows: shows.slice(0, 2) })
    }
  }
  return { wrong, answered: counts.answered, counts: `${counts.answered} had rows, ${counts.failed} an error, ${counts.refused} one of the gate's, ${counts.closed} ended the session` }
}

it('at least 160 conversations with messages of every kind sound the same, whatever the hidden data is', async () => {
  const { wrong, answered, counts } = await compare(maskWireScripts)
  expect(wrong).toEqual([])
  expect(answered).toBeGreaterThan(80)
  expect(maskWireScripts.length).toBeGreaterThanOrEqual(160)
  console.log(`measured: masks: conversations on the protocol's level = ${maskWireScripts.length}: ${counts}`)
}, 180_000)

it('statements and sequences of the fourth collection sound the same in one message each, and as text and binary over the extended protocol', async () => {
  const every = FULL ? 1 : 3
  const statements = lastMaskAttacks.filter((_, at) => at % every === 0)
  const scripts = statements.flatMap((sql): WireScript[] => [[queryMessage(sql)], [0, 1].flatMap((resultFormat) => [parseMessage(sql), bindMessage([], { resultFormat }), executeMessage(), syncMessage()])])
  scripts.push(...lastMaskSequences.filter((_, at) => at % every === 0).map((messages) => messages.map((sql) => queryMessage(sql))))
  scripts.push(...lastMaskSequences.filter((_, at) => at % every === 1).map((messages) => messages.flatMap((sql) => [parseMessage(sql), bindMessage(), executeMessage(), flushMessage(), syncMessage()])))
  const { wrong, answered, counts } = await compare(scripts)
  expect(wrong).toEqual([])
  expect(answered).toBeGreaterThan(scripts.length / 3)
  console.log(`measured: masks: the fourth collection = ${lastMaskAttacks.length} statements and ${lastMaskSequences.length} sequences; ${scripts.length} conversations made of ${every === 1 ? 'all' : 'a third'}: ${counts}`)
}, 300_000)

it('simple, extended and the dry run over HTTP agree on every statement: whether it is refused, by which rule and SQLSTATE', async () => {
  const client = await connect(stack, credentials.real!, { config: { options: '-c search_path=app,public' } })
  const { policyId } = credentials.real!
  const wire = async (sql: string, queryMode: 'simple' | 'extended') => {
    await client.query('BEGIN')
    const answer = await client.query<unknown[]>({ text: sql, queryMode } as pg.QueryConfig).then(() => undefined, (error: unknown) => error as pg.DatabaseError)
    await client.query('ROLLBACK')
    const rule = /^rule: (.*)$/.exec(answer?.detail ?? '')?.[1]
    return rule === undefined ? 'ok' : `${rule} ${answer?.code}`
  }
  const corpus = [...new Set([...maskAttacks, ...moreMaskAttacks, ...latestMaskAttacks, ...lastMaskAttacks, ...maskedQueries, ...moreMaskedQueries, ...definitionAttacks])].filter((sql) => !/pg_sleep/.test(sql))
  const asked = corpus.filter((_, at) => FULL || at % 12 === 0)
  const wrong: unknown[] = []
  let refused = 0
  for (const sql of asked) {
    const { rule, sqlstate } = (await stack.api.post(`/v1/projects/${stack.project.id}/policy-evaluations`, { sql, policy_id: policyId })) as { rule: string; sqlstate: string | null }
    const dry = rule === 'ok' ? 'ok' : `${rule} ${sqlstate}`
    if (dry !== 'ok') refused++
    const simple = await wire(sql, 'simple')
    // Several statements are none for the extended protocol: the server's own word, not the gate's.
    const extended = await wire(sql, 'extended')
    if (simple !== dry || (extended !== dry && !(sql.includes(';') && extended === 'ok'))) wrong.push({ sql: sql.slice(0, 300), dry, simple, extended })
  }
  await client.end()
  expect(wrong).toEqual([])
  console.log(`measured: masks: simple, extended and dry run agree on ${asked.length} of ${corpus.length} statements, of which ${refused} are refused`)
}, 600_000)

it('whatever a client asks for at the start, its session is refused or hears the same', async () => {
  const wrong: unknown[] = []
  let refused = 0
  for (const parameters of maskStartups) {
    const heard: string[] = []
    for (const kind of KINDS) {
      const { client, transcript } = await rawLogin(stack, credentials[kind]!, { parameters })
      if (transcript.error) {
        heard.push(JSON.stringify(transcript.error))
        refused++
      } else {
        client.send(queryMessage('SELECT id, ssn, email, salary, born FROM app.customers ORDER BY id'), queryMessage('SELECT ssn::int FROM app.customers'), queryMessage('SELECT count(*) FROM app.orders'), queryMessage(`SELECT '${END}'`))
        const frames: Frame[] = []
        try {
          for (let ended = false; !ended || frames.at(-1)?.type !== 'Z'; ended ||= frames.at(-1)!.type === 'D' && frames.at(-1)!.body.includes(END)) frames.push(await client.frame())
        } catch (error) {
          if (!(error instanceof ConnectionClosed)) throw error
        }
        heard.push(frames.map(readable).join('\n'))
      }
      client.socket.destroy()
    }
    if (heard[0] !== heard[1] || /canar/.test(heard[0]!)) wrong.push({ parameters, heard: heard.map((each) => each.slice(0, 300)) })
  }
  expect(wrong).toEqual([])
  console.log(`measured: masks: startup settings = ${maskStartups.length}, of which ${refused / 2} were refused`)
}, 60_000)
