/** Makes every proxy look up, and keep, credentials that nobody uses: each shows its MCP token once. */
import { execFile } from 'node:child_process'
import { Agent, request } from 'node:https'
import { promisify } from 'node:util'
import { root, say } from '../../scripts/lib/bootstrap.mjs'
import { createCredential } from '../services.mjs'

const SCRIPT = 'services/control-plane/bench/seed-credentials.mjs'
const CALLS_AT_ONCE = 12
const SAY_EVERY_MS = 15_000

function show(mcpPort, agent, ca, token) {
  return new Promise((resolve, reject) => {
    const call = request({ host: 'localhost', port: mcpPort, path: '/mcp', agent, ca, headers: { authorization: `Bearer ${token}` } }, (response) => {
      response.resume()
      // There is nothing behind the door yet; who has no good token is told another thing.
      response.once('end', () => (response.statusCode === 503 ? resolve() : reject(new Error(`the MCP door said ${response.statusCode}`))))
    })
    call.once('error', reject)
    call.end()
  })
}

/** Stores `count` credentials and has them known at each proxy: the first of them a share, each a share of its own. */
export async function cacheCredentials(fleet, { ca, count }) {
  const template = await createCredential(fleet.api, fleet.noise, 'template')
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, template.path.split('/').at(-1), String(count)],
    { cwd: root, env: { PATH: process.env.PATH, ...fleet.controlPlane.env }, maxBuffer: 64 * count })
  const tokens = stdout.trim().split('\n')
  if (tokens.length !== count) throw new Error(`${tokens.length} credentials were stored instead of ${count}`)
  let done = 0
  let saidAt = performance.now()
  await Promise.all(fleet.mcpPorts.map(async (mcpPort, at) => {
    const agent = new Agent({ keepAlive: true, maxSockets: CALLS_AT_ONCE })
    const own = tokens.filter((_, i) => i % fleet.mcpPorts.length === at)
    let next = 0
    const work = async () => {
      while (next < own.length) {
        await show(mcpPort, agent, ca, own[next++])
        done++
        if (performance.now() - saidAt < SAY_EVERY_MS) continue
        saidAt = performance.now()
        say(`bench: ${done} of ${tokens.length} credentials are cached`)
      }
    }
    await Promise.all(Array.from({ length: CALLS_AT_ONCE }, work))
    agent.destroy()
  }))
}
