/** Numbers that a test found out: printed, and collected for the proof document. */
import { appendFileSync } from 'node:fs'

/**
 * @param {string} name
 * @param {number | string} value
 */
export function report(name, value, unit = '') {
  process.stdout.write(`measured: ${name} = ${value}${unit ? ` ${unit}` : ''}\n`)
  const file = process.env.PGBEAM_MEASUREMENTS
  if (file) appendFileSync(file, `${JSON.stringify({ name, value, unit })}\n`)
}
