/** One run: credentials with sessions of theirs are revoked one after the other, and each is timed from outside. */
import { Agent, request } from 'node:http'
import { createCredential } from '../services.mjs'

const CLOSED_WITHIN_MS = 60_000

/** How many revocations of which size: 500 of them, from one session to a thousand. The large ones come last, while all others still stand. */
export const SIZES = [
  { count: 386, sessions: 1 },
  { count: 64, sessions: 1, busy: true },
  { count: 40, sessions: 10 },
  { count: 8, sessions: 100 },
  { count: 2, sessions: 1000 },
]

/** The same shape with a bound on the total, for a database that takes two thousand sessions. */
export const SMALLER_SIZES = [
  { count: 64, sessions: 1, busy: true },
  { count: 20, sessions: 10 },
  { count: 5, sessions: 100 },
]

/** Scales the counts down; at least one of each size stays. */
export const scaled = (sizes, share) => sizes.map((one) => ({ ...one, count: Math.max(1, Math.round(one.count * share)) }))

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

const milliseconds = (fromNs, toNs) => Number(BigInt(toNs) - BigInt(fromNs)) / 1e6

/**
 * @param {object} options
 * @param {string} options.name
 * @param {typeof SIZES} options.sizes
 * @param {{ idle: object, busy: object }} options.projects
 * @param {(done: number, of: number) => void} options.onProgress
 * @returns one row each: `{ sessions, busy, answerMs, lastByteMs?, lastStatementMs?, closedMs }`
 */
export async function measureRevocations(fleet, { name, sizes, projects, onProgress = () => {} }) {
  const prepared = []
  for (const { count, sessions, busy = false } of sizes) {
    for (let i = 0; i < count; i++) {
      const label = `${name} ${busy ? 'busy' : 'idle'} ${sessions} ${i}`
      prepared.push({ label, sessions, busy, holder: busy ? fleet.busyHolder : fleet.idleHolder, credential: await createCredential(fleet.api, busy ? projects.busy : projects.idle, label) })
    }
  }
  let opened = 0
  for (const { label, credential, sessions, busy, holder } of prepared) {
    await holder.open({ name: label, credential, ports: fleet.ports, count: sessions, busy })
    onProgress(++opened, prepared.length)
  }
  const agent = new Agent({ keepAlive: true })
  const rows = []
  for (const { label, credential, sessions, busy, holder } of prepared) {
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
  return rows
}
