/** Numbers that a test found out: printed, and collected for the proof document. */
import { appendFileSync } from 'node:fs'

/** True in `npm run prove`: full counts instead of the small ones of `npm test`. */
export const FULL = process.env.PGBEAM_PROOF === 'full'

/** How many: the small number in `npm test`, the whole one in `npm run prove`. */
export const count = (small: number, full: number): number => (FULL ? full : small)

export function report(name: string, value: number | string, unit = ''): void {
  process.stdout.write(`measured: ${name} = ${value}${unit ? ` ${unit}` : ''}\n`)
  const file = process.env.PGBEAM_MEASUREMENTS
  if (file) appendFileSync(file, `${JSON.stringify({ name, value, unit })}\n`)
}
