/** One run: credentials with sessions of theirs are revoked one after the other, and each is timed from outside. */
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { createCredential } from '../services.mjs'

const CLOSED_WITHIN_MS = 60_000
const SETTLE_MS = 3_000

/** How many revocations of which size: 500 of them, from one session to a thousand. The busy ones come last: all others are revoked while they ask. */
export const SIZES = [
  { count: 386, sessions: 1 },
  { count: 40, sessions: 10 },
  { count: 8, sessions: 100 },
  { count: 2, sessions: 1000 },
  { count: 64, sessions: 1, busy: true },
]

/** The same shape with a bound on the total, for a database that takes two thousand sessions. */
export const SMALLER_SIZES = [
  { count: 20, sessions: 10 },
  { count: 5, sessions: 100 },
  { count: 64, sessions: 1, busy: true },
]

/** Scales the counts down; at least one of each size stays, and all busy ones do: they are the load. */
export const scaled = (sizes, share) => sizes.map((one) => ({ ...one, count: one.busy ? one.count : Math.max(1, Math.round(one.count * share)) }))

/** DELETE over a connection that is kept, timed by the monotonic clock from before the call to when its answer's head is there. */
export function revoke(fleet, agent, path) {
  return new Promise((resolve, reject) => {
    const calledAtNs = process.hrtime.bigint()
    const call = request(`${fleet.url}${path}`, { method: 'DELETE', agent, headers: { authorization: `Bearer ${fleet.key}` } }, (response) => {
      const answeredAtNs = process.hrtime.bigint()
      const answeredMs = Date.now()
      const told = response.headers['pgbeam-enforcement'] ?? ''
      response.resume()
      response.once('end', () => (/enforced/.test(told) && !/pending/.test(told) ? resolve({ calledAtNs, answeredAtNs, answeredMs, told }) : reject(new Error(`the answer to a revocation says ${response.statusCode} ${told}`))))
    })
    call.once('error', reject)
    call.end()
  })
}

/** Jiffies of the machine since it started: all of them, and those in which it had nothing to do. */
function machineTime() {
  const [user, nice, system, idle, iowait, irq, softirq, steal] = readFileSync('/proc/stat', 'utf8').split('\n')[0].trim().split(/\s+/).slice(1).map(Number)
  return { all: user + nice + system + idle + iowait + irq + softirq + steal, idle: idle + iowait }
}

/** @returns what tells the load since now */
async function startLoadMeter(busyHolder) {
  const before = { ...machineTime(), statements: await busyHolder.statements(), atMs: performance.now() }
  return async () => {
    const { all, idle } = machineTime()
    const seconds = (performance.now() - before.atMs) / 1000
    return { statementsPerSecond: ((await busyHolder.statements()) - before.statements) / seconds, cpuShare: 1 - (idle - before.idle) / Math.max(1, all - before.all) }
  }
}

const milliseconds = (fromNs, toNs) => Number(BigInt(toNs) - BigInt(fromNs)) / 1e6

/**
 * @param {object} options
 * @param {string} options.name
 * @param {typeof SIZES} options.sizes
 * @param {{ idle: object, busy: object }} options.projects
 * @param {number | undefined} options.perSecond statements of each busy session; undefined: one after the other without a pause
 * @param {(done: number, of: number) => void} options.onProgress
 * @returns `rows`, one each: `{ sessions, busy, answerMs, lastByteMs?, lastStatementMs?, closedMs }`; and the `load` while all
 *   busy sessions were open: `{ statementsPerSecond, cpuShare }`, of the whole machine
 */
export async function measureRevocations(fleet, { name, sizes, projects, perSecond, onProgress = () => {} }) {
  const prepared = []
  for (const { count, sessions, busy = false } of sizes) {
    for (let i = 0; i < count; i++) {
      const label = `${name} ${busy ? 'busy' : 'idle'} ${sessions} ${i}`
      prepared.push({ label, sessions, busy, holder: busy ? fleet.busyHolder : fleet.idleHolder, credential: await createCredential(fleet.api, busy ? projects.busy : projects.idle, label) })
    }
  }
  let opened = 0
  for (const { label, credential, sessions, busy, holder } of prepared) {
    await holder.open({ name: label, credential, ports: fleet.ports, count: sessions, busy, perSecond })
    onProgress(++opened, prepared.length)
  }
  const agent = new Agent({ keepAlive: true })
  const rows = []
  await delay(SETTLE_MS) // what it cost to open them is none of the revocations' business
  const loadSince = await startLoadMeter(fleet.busyHolder)
  let load
  for (const { label, credential, sessions, busy, holder } of prepared) {
    if (busy) load ??= await loadSince()
    const { calledAtNs, answeredAtNs, answeredMs } = await revoke(fleet, agent, credential.path)
    const { closedAtNs, lastReadAtNs, lastStatementMs } = await holder.closed(label, CLOSED_WITHIN_MS)
    rows.push({
      sessions, busy,
      answerMs: milliseconds(calledAtNs, answeredAtNs),
      closedMs: milliseconds(calledAtNs, closedAtNs),
      ...(busy ? { lastByteMs: milliseconds(answeredAtNs, lastReadAtNs), lastStatementMs: lastStatementMs - answeredMs } : {}),
    })
  }
  agent.destroy()
  return { rows, load: load ?? (await loadSince()) }
}
