/**
 * Holds sessions open in a process of its own, so that what it costs to hold them is not in the caller's figures.
 *
 * Its parent asks `{ id, open: { name, credential, ports, count, busy, perSecond } }` and is answered `{ id }` when all of them are
 * open, and `{ id, statements: true }`, answered with how many statements busy ones have been answered so far.
 * When the last socket of a name is closed it tells `{ closed: name, … }`:
 *   closedAtNs       when that was, on the machine's monotonic clock
 *   lastReadAtNs     when the last row of any of its sessions was read; busy ones alone
 *   lastStatementMs  the database's clock when it last began a statement for one of them; busy ones alone
 */
import { readFileSync } from 'node:fs'
import { setPriority } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'

const AT_ONCE = 48
/** What was read is stamped when this process gets a core. Behind all others it would stamp late what had been there for long. */
const PRIORITY = -10
if (process.argv[3] === 'first') {
  try {
    setPriority(PRIORITY)
  } catch { /* only root may; stamps are upper bounds then */ }
}
const ca = readFileSync(process.argv[2], 'utf8')
const groups = new Map()
let statements = 0

/** Statement after statement until the session ends: so many a second, or each as soon as the one before is answered. */
async function keepBusy(client, group, perSecond) {
  const everyMs = perSecond ? 1000 / perSecond : 0
  let dueAtMs = performance.now() + Math.random() * everyMs // not all at once
  for (;;) {
    const leftMs = dueAtMs - performance.now()
    if (leftMs > 0) await delay(leftMs)
    dueAtMs = Math.max(dueAtMs + everyMs, performance.now() - everyMs)
    const { rows } = await client.query('SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now_ms')
    statements++
    group.lastReadAtNs = process.hrtime.bigint()
    group.lastStatementMs = Math.max(group.lastStatementMs, Number(rows[0].now_ms))
  }
}

async function openOne({ credential, ports, busy, perSecond }, group) {
  const port = ports[group.next++ % ports.length]
  const client = new pg.Client({ host: 'localhost', port, user: credential.user, password: credential.password, database: credential.database, ssl: { ca } })
  client.on('error', () => { /* its end is counted below */ })
  await client.connect()
  group.open++
  client.once('end', () => {
    if (--group.open > 0) return
    const { lastReadAtNs, lastStatementMs } = group
    process.send({ closed: group.name, closedAtNs: String(process.hrtime.bigint()), lastReadAtNs: String(lastReadAtNs), lastStatementMs })
  })
  if (busy) keepBusy(client, group, perSecond).catch(() => { /* it was ended */ })
}

process.on('message', async ({ id, open: wanted }) => {
  if (!wanted) return process.send({ id, statements })
  const group = { name: wanted.name, open: 0, next: groups.size, lastReadAtNs: 0n, lastStatementMs: 0 }
  groups.set(wanted.name, group)
  let left = wanted.count
  const one = async () => {
    while (left-- > 0) await openOne(wanted, group)
  }
  try {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, wanted.count) }, one))
    process.send({ id })
  } catch (error) {
    process.send({ id, error: error.message })
  }
})
process.once('disconnect', () => process.exit(0))
process.send({ ready: true })
