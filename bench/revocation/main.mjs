/** `npm run bench -- --only revocation`: how fast a revocation is, measured from outside, with many sessions open. */
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { say } from '../../scripts/lib/bootstrap.mjs'
import { createCredential } from '../services.mjs'
import { startFleet } from './fleet.mjs'
import { startEventStorm } from '../../scripts/lib/event-storm.mjs'
import { formatRun } from './report.mjs'
import { measureRevocations, scaled, SIZES, SMALLER_SIZES } from './revocations.mjs'
import { LEASE_MS, measurePartitions } from './partition.mjs'
import { measureStorm } from './storm.mjs'
import { cacheCredentials } from './warm.mjs'

const EVENTS_PER_SECOND = 500
/** A little more than is asked for, so that what a late turn costs does not make it less. */
const STORM = { perSecond: 1050, perTransaction: 10 }
/** Of each of the 64 busy sessions, where they leave the machine some air. */
const STATEMENTS_PER_SECOND = 10

export async function measureRevocation({ dir, options }) {
  mkdirSync(dir, { recursive: true })
  say('bench: starting Postgres, the control plane and three proxies')
  const fleet = await startFleet(dir)
  const stopEarly = () => void fleet.stop().then(() => process.exit(130))
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stopEarly)
  const progress = (title) => {
    let saidAt = performance.now()
    return (done, of) => {
      if (performance.now() - saidAt < 10_000) return
      saidAt = performance.now()
      say(`bench: ${title}: sessions of ${done} of ${of} credentials are open`)
    }
  }
  const runs = []
  const run = async (title, sizes, projects, perSecond) => {
    say(`bench: revocations, ${title}`)
    const { rows, load } = await measureRevocations(fleet, { name: title, sizes: scaled(sizes, options.revocationShare), projects, perSecond, onProgress: progress(title) })
    runs.push({ title, rows, load })
    console.log(formatRun({ title, rows, load }))
  }
  try {
    say('bench: an event storm')
    const ca = readFileSync(join(dir, 'tls', 'ca.pem'), 'utf8')
    const storm = await measureStorm(fleet, { ca, ...STORM, seconds: options.stormSeconds })
    say('bench: revocations while a proxy is cut off')
    const partitions = await measurePartitions(fleet, { ca, rounds: Math.max(2, Math.round(10 * options.revocationShare)) })
    await run('on real Postgres, busy ones without a pause', SMALLER_SIZES, { idle: fleet.real, busy: fleet.real })
    await run(`on real Postgres, busy ones ${STATEMENTS_PER_SECOND} a second each`, SMALLER_SIZES, { idle: fleet.real, busy: fleet.real }, STATEMENTS_PER_SECOND)
    const standing = options.standing
    say(`bench: opening ${standing} sessions that stand there all the while`)
    const bystanders = await createCredential(fleet.api, fleet.idle, 'bystanders')
    const step = Math.max(1, Math.ceil(standing / 10))
    for (let open = 0; open < standing; open += step) {
      await fleet.idleHolder.open({ name: `bystanders ${open}`, credential: bystanders, ports: fleet.ports, count: Math.min(step, standing - open), busy: false })
      say(`bench: ${Math.min(standing, open + step)} of ${standing}`)
    }
    const projects = { idle: fleet.idle, busy: fleet.real }
    await run(`${standing} idle beside, busy ones without a pause`, SIZES, projects)
    await run(`${standing} idle beside, busy ones ${STATEMENTS_PER_SECOND} a second each`, SIZES, projects, STATEMENTS_PER_SECOND)
    const subject = (await createCredential(fleet.api, fleet.noise, 'noise')).path.split('/').at(-1)
    const noise = await startEventStorm({ controlUrl: fleet.controlUrl, projectId: fleet.noise.id, credentialIds: [subject], perSecond: EVENTS_PER_SECOND, perTransaction: 5 })
    try {
      await run(`${standing} idle beside, busy ones ${STATEMENTS_PER_SECOND} a second each, ${EVENTS_PER_SECOND} events a second`, SIZES, projects, STATEMENTS_PER_SECOND)
    } finally {
      await noise.stop()
    }
    say(`bench: having ${options.cached} credentials cached`)
    await cacheCredentials(fleet, { ca, count: options.cached })
    await run(`${standing} idle beside, busy ones ${STATEMENTS_PER_SECOND} a second each, ${options.cached} credentials cached`, SIZES, projects, STATEMENTS_PER_SECOND)
    return { runs, storm, partitions, leaseMs: LEASE_MS }
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, stopEarly)
    await fleet.stop()
  }
}
