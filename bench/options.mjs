/** What `npm run bench -- …` takes. */
import { parseArgs } from 'node:util'

export const HELP = `npm run bench -- [options]
  --rounds N      how often each measurement is repeated, interleaved (3)
  --seconds N     length of each pgbench run (5)
  --clients N     pgbench clients (8)
  --sessions N    idle sessions for the memory measurement (200)
  --copy-mb N     size of the COPY (256)
  --mode MODE     the credential's access mode, read_only or read_write (read_only)
  --only NAMES    a comma-separated choice of: simple, fixed, prepared, copy, logins, memory, keys, cli, revocation, gate
  --standing N    sessions that stand open while others are revoked (10000)
  --share N       of the 500 revocations of a run, in percent (100)
  --cached N      credentials that the proxies know in the run with a full cache (100000)
  --gate-rounds N  how often gate and no gate are measured in turns (100)
  --gate-parts NAMES  a choice of: warm, rules, cold, literals
  --literals N    distinct literals of one shape in the gate's bench (100000)
  --storm-seconds N  length of the event storm (60)
  --profile DIR   write CPU profiles of the proxy there, and list its hottest functions
  --json FILE     write the figures there`

const GATE_PARTS = ['warm', 'rules', 'cold', 'literals']

function partsOf(text) {
  const parts = text.split(',')
  for (const part of parts) if (!GATE_PARTS.includes(part)) throw new Error(`--gate-parts takes ${GATE_PARTS.join(', ')}, not ${part}`)
  return parts
}

export function parseOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string', default: '3' }, seconds: { type: 'string', default: '5' }, clients: { type: 'string', default: '8' },
      sessions: { type: 'string', default: '200' }, 'copy-mb': { type: 'string', default: '256' }, mode: { type: 'string', default: 'read_only' },
      only: { type: 'string' }, profile: { type: 'string' }, json: { type: 'string' }, standing: { type: 'string', default: '10000' }, share: { type: 'string', default: '100' }, cached: { type: 'string', default: '100000' }, 'storm-seconds': { type: 'string', default: '60' },
      'gate-rounds': { type: 'string', default: '100' }, literals: { type: 'string', default: '100000' },
      'gate-parts': { type: 'string', default: GATE_PARTS.join() }, help: { type: 'boolean', default: false },
    },
  })
  const number = (name) => {
    const value = Number(values[name])
    if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} takes a whole number, not ${values[name]}`)
    return value
  }
  return {
    rounds: number('rounds'), seconds: number('seconds'), clients: number('clients'), sessions: number('sessions'), copyMb: number('copy-mb'),
    standing: number('standing'), revocationShare: number('share') / 100, cached: number('cached'), stormSeconds: number('storm-seconds'),
    gateRounds: number('gate-rounds'), gateParts: partsOf(values['gate-parts']), literals: number('literals'),
    mode: values.mode, only: values.only?.split(','), profile: values.profile, json: values.json, help: values.help,
  }
}
