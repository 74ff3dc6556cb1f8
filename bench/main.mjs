/** Runs every workload against every target, round by round, so that a noisy moment hits all of them alike. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { say } from '../scripts/lib/bootstrap.mjs'
import { formatCli, measureCli } from './cli.mjs'
import { measureGate } from './gate/main.mjs'
import { formatGate, judgeGate } from './gate/report.mjs'
import { formatKeys, measureKeys } from './keys.mjs'
import { HELP, parseOptions } from './options.mjs'
import { hottest } from './profile.mjs'
import { formatReport, judgeTargets, summarise } from './report.mjs'
import { measureRevocation } from './revocation/main.mjs'
import { formatRevocation, judge } from './revocation/report.mjs'
import { startTargets } from './targets.mjs'
import { findTools } from './tools.mjs'
import { WORKLOADS, writeScripts } from './workloads.mjs'

/** Besides the workloads. */
const OTHERS = ['keys', 'cli', 'revocation', 'gate']

export async function main(args) {
  const options = parseOptions(args)
  if (options.help) {
    console.log(HELP)
    return 0
  }
  if (process.platform !== 'linux') throw new Error('the bench reads CPU times from /proc, which only Linux has')
  const wanted = options.only ?? [...Object.keys(WORKLOADS), ...OTHERS]
  const chosen = wanted.filter((name) => !OTHERS.includes(name))
  const unknown = chosen.filter((name) => !(name in WORKLOADS))
  if (unknown.length > 0) throw new Error(`no workload ${unknown.join(', ')}`)
  if (wanted.every((name) => name === 'cli')) {
    console.log(formatCli(measureCli()))
    return 0
  }
  const profile = options.profile && resolve(options.profile)
  if (profile) mkdirSync(profile, { recursive: true })
  const showProfile = () => profile && console.log(`\nwhere the proxy's time goes (profiles in ${profile})\n${hottest(profile).join('\n')}`)
  if (wanted.every((name) => name === 'revocation' || name === 'gate')) {
    const apart = await measureApart(wanted, options, profile)
    console.log(formatApart(apart))
    showProfile()
    if (options.json) writeFileSync(options.json, JSON.stringify({ options, ...apart, targets: judgeApart(apart) }, null, 2))
    return 0
  }
  const tools = findTools()
  const dir = mkdtempSync(join(tmpdir(), 'pgbeam-bench-'))
  chmodSync(dir, 0o755)
  say('bench: starting Postgres, PgBouncer, the control plane and the proxy')
  const running = await startTargets({ dir, tools, copyMb: options.copyMb, mode: options.mode, profile })
  // Ctrl-C stops what was started before the process goes.
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void running.stop().then(() => process.exit(130)))
  const runs = []
  let keys
  let cli
  try {
    writeScripts(dir)
    say('bench: warming up')
    // A cold JIT, catalog or cache is a start's affair: each target runs each workload once, uncounted.
    for (const name of chosen.filter((one) => one !== 'memory')) {
      for (const target of running.targets) await WORKLOADS[name].measure(target, { tools, tls: running.tls, dir, options: { ...options, seconds: 2 } })
    }
    for (let round = 1; round <= options.rounds; round++) {
      for (const name of chosen) {
        if (name === 'memory' && round > 1) continue
        for (const target of running.targets) {
          const figures = await WORKLOADS[name].measure(target, { tools, tls: running.tls, dir, options })
          runs.push({ round, workload: name, target: target.name, figures })
          say(`bench: round ${round}/${options.rounds} ${name} ${target.name} ${Object.entries(figures).map(([key, value]) => `${key}=${value.toFixed(1)}`).join(' ')}`)
        }
      }
    }
    if (wanted.includes('keys')) {
      say('bench: verifying API keys')
      keys = await measureKeys(await running.anotherControlPlane())
    }
    if (wanted.includes('cli')) {
      say('bench: starting the pgbeam command')
      cli = measureCli()
    }
  } finally {
    await running.stop()
    rmSync(dir, { recursive: true, force: true })
  }
  const apart = await measureApart(wanted, options, profile)
  const summary = summarise(runs)
  console.log(formatReport(summary, WORKLOADS))
  if (keys) console.log(formatKeys(keys))
  if (cli) console.log(formatCli(cli))
  console.log(formatApart(apart))
  showProfile()
  if (options.json) writeFileSync(options.json, JSON.stringify({ options, summary, keys, cli, ...apart, targets: [...judgeTargets(summary), ...judgeApart(apart)], runs }, null, 2))
  return 0
}

/** On servers of their own, when everything else has stopped. */
async function measureApart(wanted, options, profile) {
  const alone = async (measure) => {
    const dir = mkdtempSync(join(tmpdir(), 'pgbeam-bench-'))
    chmodSync(dir, 0o755)
    try {
      return await measure({ dir, options, profile })
    } finally {
      rmSync(dir, { recursive: true, force: true })
    }
  }
  return {
    gate: wanted.includes('gate') ? await alone(measureGate) : undefined,
    revocation: wanted.includes('revocation') ? await alone(measureRevocation) : undefined,
  }
}

const formatApart = ({ gate, revocation }) => [...(gate ? [formatGate(gate)] : []), ...(revocation ? [formatRevocation(revocation)] : [])].join('\n')
const judgeApart = ({ gate, revocation }) => [...(gate ? judgeGate(gate) : []), ...(revocation ? judge(revocation) : [])]
