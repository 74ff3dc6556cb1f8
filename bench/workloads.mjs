/** The measurements. Each takes one target and returns figures of one run. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { cpuMicros, memoryBytes } from './process-stats.mjs'
import { runTool } from './tools.mjs'

const SCRIPTS = {
  // Every text is another one, as when an application writes its values into the statement.
  'varying.sql': '\\set id random(1, 100000)\n\\set bound random(200000, 2000000000)\nSELECT id, label, amount FROM item WHERE id = :id AND amount < :bound;\n',
  // The same with quoted values, which the gate reads anew each time.
  'texts.sql': "\\set id random(1, 100000)\n\\set other random(1, 2000000000)\nSELECT id, label, amount FROM item WHERE id = :id AND label <> 'no :other';\n",
  'fixed.sql': 'SELECT id, label, amount FROM item WHERE id = 4711;\n',
}

export function writeScripts(dir) {
  for (const [name, text] of Object.entries(SCRIPTS)) writeFileSync(join(dir, name), text)
}

const libpqEnvironment = (target, tls) => ({ PGPASSWORD: target.password, PGSSLMODE: 'verify-full', PGSSLROOTCERT: tls.caFile })
const address = (target) => ['-h', target.host, '-p', String(target.port), '-U', target.user]

/** CPU of the process in the middle while `work` runs; direct has none. */
async function withCpu(target, work) {
  const before = target.pid ? cpuMicros(target.pid) : 0
  const startedAt = performance.now()
  const result = await work()
  return { result, seconds: (performance.now() - startedAt) / 1000, micros: target.pid ? cpuMicros(target.pid) - before : undefined }
}

function pgbench(script, mode) {
  return async (target, { tools, tls, dir, options }) => {
    const { result, micros } = await withCpu(target, () => runTool(tools.pgbench, [
      ...address(target), '-n', '-M', mode, '-f', join(dir, script), '-c', String(options.clients), '-j', '1', '-T', String(options.seconds), target.database,
    ], { env: libpqEnvironment(target, tls) }))
    const transactions = Number(/number of transactions actually processed: (\d+)/.exec(result)[1])
    const tps = Number(/tps = ([\d.]+)/.exec(result)[1])
    return { tps, ...(micros === undefined ? {} : { cpuMicros: micros / transactions }) }
  }
}

async function copyOut(target, { tools, tls, options }) {
  const { micros, seconds } = await withCpu(target, () => runTool(tools.psql, [...address(target), '-X', '-q', '-d', target.database, '-c', 'COPY wide TO STDOUT'],
    { env: libpqEnvironment(target, tls), discardOutput: true }))
  return { mbPerSecond: options.copyMb / seconds, ...(micros === undefined ? {} : { cpuMillisPer100Mb: micros / 1000 / (options.copyMb / 100) }) }
}

function opener(target, tls) {
  const ssl = { ca: readFileSync(tls.caFile, 'utf8') }
  return async () => {
    const client = new pg.Client({ host: target.host, port: target.port, user: target.user, password: target.password, database: target.database, ssl })
    client.on('error', () => { /* the measurement closes them all */ })
    await client.connect()
    return client
  }
}

/** Four clients that log in, ask one question and leave (pgbench -C would measure libpq's slow key derivation). */
async function logins(target, { tls, options }) {
  const open = opener(target, tls)
  const until = performance.now() + options.seconds * 1000
  let count = 0
  const one = async () => {
    while (performance.now() < until) {
      const client = await open()
      await client.query('SELECT 1')
      await client.end()
      count++
    }
  }
  const { micros, seconds } = await withCpu(target, () => Promise.all([one(), one(), one(), one()]))
  return { loginsPerSecond: count / seconds, ...(micros === undefined ? {} : { cpuMicros: micros / count }) }
}

async function idleMemory(target, { tls, options }) {
  if (!target.pid) return {}
  const open = opener(target, tls)
  const warm = await Promise.all(Array.from({ length: 10 }, open))
  await Promise.all(warm.map((client) => client.end()))
  await delay(1_000)
  const before = memoryBytes(target.pid)
  const clients = []
  while (clients.length < options.sessions) clients.push(...(await Promise.all(Array.from({ length: Math.min(10, options.sessions - clients.length) }, open))))
  await delay(2_000)
  const after = memoryBytes(target.pid)
  await Promise.all(clients.map((client) => client.end()))
  return { kibPerSession: (after - before) / 1024 / options.sessions, rssMib: before / 1024 / 1024 }
}

export const WORKLOADS = {
  simple: { title: 'simple protocol, varying literals', measure: pgbench('varying.sql', 'simple') },
  texts: { title: 'simple protocol, varying quoted texts', measure: pgbench('texts.sql', 'simple') },
  fixed: { title: 'simple protocol, one text', measure: pgbench('fixed.sql', 'simple') },
  prepared: { title: 'prepared statements', measure: pgbench('varying.sql', 'prepared') },
  copy: { title: 'COPY out', measure: copyOut },
  logins: { title: 'logins (TLS + SCRAM)', measure: logins },
  memory: { title: 'idle TLS sessions', measure: idleMemory },
}
