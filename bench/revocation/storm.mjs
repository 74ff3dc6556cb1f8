/** A storm of events, and what it does to statements that have nothing to do with it. */
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { createCredential } from '../services.mjs'
import { startEventStorm } from '../../scripts/lib/event-storm.mjs'
import { percentile } from './report.mjs'

const CLIENTS = 6
const PAUSE_MS = 5

/** A few clients that ask `SELECT 1` through every proxy and think in between, for so long. */
async function timesOf(clients, seconds) {
  const until = performance.now() + seconds * 1000
  const times = []
  await Promise.all(clients.map(async (client) => {
    while (performance.now() < until) {
      const startedAt = performance.now()
      await client.query('SELECT 1')
      times.push(performance.now() - startedAt)
      await delay(PAUSE_MS)
    }
  }))
  return times
}

const gauge = (text, name) => Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)`, 'm').exec(text)?.[1])

async function appliedSeqs(fleet) {
  return Promise.all(fleet.proxies.map(async ({ adminUrl }) => gauge(await (await fetch(`${adminUrl}/metrics`)).text(), 'pgbeam_enforcement_applied_seq')))
}

async function headSeq(controlUrl) {
  const client = new pg.Client({ connectionString: controlUrl })
  await client.connect()
  const { rows } = await client.query('SELECT seq FROM enforcement_head')
  await client.end()
  return Number(rows[0].seq)
}

export async function measureStorm(fleet, { ca, perSecond, perTransaction, seconds }) {
  const credential = await createCredential(fleet.api, fleet.real, 'storm')
  const subjects = []
  for (let i = 0; i < 20; i++) subjects.push((await createCredential(fleet.api, fleet.noise, `storm ${i}`)).path.split('/').at(-1))
  const clients = []
  for (let i = 0; i < CLIENTS; i++) {
    const client = new pg.Client({ host: 'localhost', port: fleet.ports[i % fleet.ports.length], user: credential.user, password: credential.password, database: credential.database, ssl: { ca } })
    await client.connect()
    clients.push(client)
  }
  await timesOf(clients, 2)
  const quiet = await timesOf(clients, seconds / 2)
  const [before, headBefore] = [await appliedSeqs(fleet), await headSeq(fleet.controlUrl)]
  const noise = await startEventStorm({ controlUrl: fleet.controlUrl, projectId: fleet.noise.id, credentialIds: subjects, perSecond, perTransaction })
  const storm = await timesOf(clients, seconds)
  const appended = await noise.stop()
  const quietAgain = await timesOf(clients, seconds / 2)
  const head = await headSeq(fleet.controlUrl)
  for (let tries = 0; tries < 100 && (await appliedSeqs(fleet)).some((seq) => seq < head); tries++) await delay(100)
  const after = await appliedSeqs(fleet)
  for (const client of clients) await client.end()
  const still = [...quiet, ...quietAgain]
  return {
    // Canaries are killed and resumed meanwhile: the log has more than the storm's own.
    perSecond, ...appended, logged: head - headBefore, applied: after.map((seq, at) => seq - before[at]),
    quietP50Ms: percentile(still, 0.5), quietP99Ms: percentile(still, 0.99), stormP50Ms: percentile(storm, 0.5), stormP99Ms: percentile(storm, 0.99),
  }
}
