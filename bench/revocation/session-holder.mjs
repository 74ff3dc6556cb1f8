/**
 * Holds sessions open in a process of its own, so that what it costs to hold them is not in the caller's figures.
 *
 * Its parent asks `{ id, open: { name, credential, ports, count, busy } }` and is answered `{ id }` when all of them are open.
 * When the last socket of a name is closed it tells `{ closed: name, … }`:
 *   closedAtNs       when that was, on the machine's monotonic clock
 *   lastReadAtNs     when the last row of any of its sessions was read; busy ones alone
 *   lastStatementMs  the database's clock when it last began a statement for one of them; busy ones alone
 */
import { readFileSync } from 'node:fs'
import pg from 'pg'

const AT_ONCE = 48
const ca = readFileSync(process.argv[2], 'utf8')
const groups = new Map()

/** Statement after statement, each as soon as the one before is answered, until the session ends. */
async function keepBusy(client, group) {
  for (;;) {
    const { rows } = await client.query('SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now_ms')
    group.lastReadAtNs = process.hrtime.bigint()
    group.lastStatementMs = Math.max(group.lastStatementMs, Number(rows[0].now_ms))
  }
}

async function openOne({ credential, ports, busy }, group) {
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
  if (busy) keepBusy(client, group).catch(() => { /* it was ended */ })
}

process.on('message', async ({ id, open: wanted }) => {
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
