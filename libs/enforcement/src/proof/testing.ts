/** How much of the proof is run, and where its figures go. */
import { randomInt } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { env, stdout } from 'node:process'

/** True in `npm run prove`. */
export const FULL = env['PGBEAM_PROOF'] === 'full'

/** A seed can be given to repeat a run; else the full proof takes another each time, and the tests always the same. */
export const SEED = env['PGBEAM_SEED'] ? Number(env['PGBEAM_SEED']) : FULL ? randomInt(2 ** 30) : 1

export function report(name: string, value: number | string, unit = ''): void {
  stdout.write(`measured: ${name} = ${value}${unit ? ` ${unit}` : ''}\n`)
  if (env['PGBEAM_MEASUREMENTS']) appendFileSync(env['PGBEAM_MEASUREMENTS'], `${JSON.stringify({ name, value, unit })}\n`)
}
