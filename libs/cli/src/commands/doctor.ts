/** `pgbeam doctor`: everything that must work between this machine and a credential that works, a line each. */
import type { Command } from 'commander'
import { runs } from '../command.js'
import { configPath, isExposed } from '../config-file.js'
import type { Context } from '../context.js'
import { CliError, describe, exitCodes } from '../exit.js'
import type { Io } from '../io.js'
import { keyToSend } from '../settings.js'
import { table } from '../table.js'
import { findProgram, psqlVersion } from './programs.js'
import { probeHttps, probeProxy } from './tls-probe.js'

interface Finding {
  readonly check: string
  readonly ok: boolean
  readonly found: string
  /** What to do about it. */
  readonly fix?: string
}
const DAY_MS = 86_400_000
const SKEW_MS_MAX = 30_000
const SOON_DAYS = 14

export function registerDoctor(program: Command, io: Io): void {
  runs(io, program.command('doctor').description('look for what stands in the way: address, certificates, key, proxy, psql, clock'), doctor)
}

async function doctor(context: Context): Promise<void> {
  const findings: Finding[] = []
  const api = await checkApi(context)
  findings.push(...api)
  const reachable = api[0]?.ok === true
  findings.push(...(await checkTls(context)))
  if (reachable) {
    const key = await checkKey(context)
    findings.push(...key)
    if (key[0]?.ok === true) findings.push(...(await checkProxy(context)))
  }
  findings.push(checkPsql(context.io), checkConfig(context.io))
  const failed = findings.filter(({ ok }) => !ok)
  const report = (style: Context['style']): string => table(findings, [
    { title: 'CHECK', value: ({ check }) => check },
    { title: 'RESULT', value: ({ ok }) => (ok ? 'ok' : 'FAIL') },
    { title: 'FOUND', value: ({ found, fix, ok }) => (ok || !fix ? found : `${found}. ${fix}`) },
  ], style)
  if (failed.length === 0) return context.json ? context.printJson(findings) : context.print(report(context.style))
  context.note(context.json ? JSON.stringify(findings, null, 2) : report(context.errStyle))
  throw new CliError(exitCodes.failure, `${failed.length} of ${findings.length} checks failed`)
}

async function checkApi(context: Context): Promise<Finding[]> {
  const { apiUrl, apiUrlFrom } = context.settings
  try {
    const { data, date } = await (await context.connect(undefined)).get('/v1/health')
    const skewMs = date ? Date.now() - date.getTime() : 0
    return [
      data.status === 'ok'
        ? { check: 'api', ok: true, found: `${apiUrl} (from ${apiUrlFrom})` }
        : { check: 'api', ok: false, found: `${apiUrl} is degraded: NATS is ${data.nats}`, fix: 'No change can be shown as enforced until NATS is back: look at the NATS server' },
      // The Date header is whole seconds, and the answer took its time.
      Math.abs(skewMs) <= SKEW_MS_MAX
        ? { check: 'clock', ok: true, found: 'agrees with the API within 30 s' }
        : { check: 'clock', ok: false, found: `this machine is ${Math.round(Math.abs(skewMs) / 1000)} s ${skewMs > 0 ? 'ahead of' : 'behind'} the API`, fix: 'Set the clock (NTP): certificates and expiries are judged by it' },
    ]
  } catch (error) {
    const { message, hint } = describe(error)
    return [{ check: 'api', ok: false, found: message, fix: hint?.replace(/; pgbeam doctor.*$/, '').replace(/\.$/, '') ?? 'Check the address' }]
  }
}

async function checkTls(context: Context): Promise<Finding[]> {
  const url = new URL(context.settings.apiUrl)
  if (url.protocol === 'https:') return [certificateFinding('api certificate', await probeHttps(url.hostname, Number(url.port || 443)))]
  const isLocal = /^(localhost|127\.[\d.]+|\[::1\])$/.test(url.hostname)
  return [{ check: 'api certificate', ok: isLocal, found: isLocal ? 'none needed on this machine' : `${url.origin} is not encrypted`, fix: 'Use https: the key crosses the network in the clear' }]
}

function certificateFinding(check: string, probe: { validTo: Date } | { error: string }): Finding {
  if ('error' in probe) return { check, ok: false, found: probe.error, fix: 'Renew it, or name its authority (profile: ca_file; API: NODE_EXTRA_CA_CERTS)' }
  const days = Math.floor((probe.validTo.getTime() - Date.now()) / DAY_MS)
  return { check, ok: days >= SOON_DAYS, found: `valid for ${days} days`, fix: 'Renew it soon' }
}

async function checkKey(context: Context): Promise<Finding[]> {
  try {
    keyToSend(context.settings)
    const { data } = await (await context.api()).get('/v1/whoami')
    const days = data.expires_at === null ? undefined : Math.floor((Date.parse(data.expires_at) - Date.now()) / DAY_MS)
    const whose = `${data.key?.name ?? 'session'} of ${data.principal.type} ${data.principal.id}`
    return [
      { check: 'key', ok: true, found: whose },
      days === undefined ? { check: 'key expiry', ok: true, found: 'never' } : { check: 'key expiry', ok: days >= SOON_DAYS, found: `in ${days} days`, fix: 'pgbeam keys rotate makes another' },
    ]
  } catch (error) {
    const { message, hint } = describe(error)
    return [{ check: 'key', ok: false, found: message, fix: hint?.replace(/\.$/, '') ?? 'pgbeam auth login --api-key' }]
  }
}

async function checkProxy(context: Context): Promise<Finding[]> {
  try {
    const project = await context.project()
    const { proxy_host, proxy_port } = (await (await context.api()).get('/v1/projects/{project}', { params: { path: { project } } })).data
    const probe = await probeProxy(proxy_host, proxy_port, context.settings.profile?.ca_file)
    const at = `${proxy_host}:${proxy_port}`
    if ('unreachable' in probe) return [{ check: 'proxy', ok: false, found: `${at}: ${probe.unreachable}`, fix: 'Is a proxy running there, and no firewall in between?' }]
    return [{ check: 'proxy', ok: true, found: at }, certificateFinding('proxy certificate', probe)]
  } catch (error) {
    const { message, hint } = describe(error)
    return [{ check: 'proxy', ok: false, found: message, ...(hint !== undefined && { fix: hint.replace(/\.$/, '') }) }]
  }
}

function checkPsql(io: Io): Finding {
  const psql = findProgram(io, 'psql')
  return psql === undefined
    ? { check: 'psql', ok: false, found: 'not on this machine', fix: 'Debian and Ubuntu: apt-get install postgresql-client; macOS: brew install libpq' }
    : { check: 'psql', ok: true, found: psqlVersion(psql) || psql }
}

function checkConfig(io: Io): Finding {
  const path = configPath(io)
  return isExposed(io) ? { check: 'profiles', ok: false, found: `others can read ${path}`, fix: `chmod 600 ${path}` } : { check: 'profiles', ok: true, found: path }
}
