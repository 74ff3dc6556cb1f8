/** How much a test does, and what it found out. */
export { report } from '../../scripts/lib/measurements.mjs'

/** True in `npm run prove`: full counts instead of the small ones of `npm test`. */
export const FULL = process.env.PGBEAM_PROOF === 'full'

/** How many: the small number in `npm test`, the whole one in `npm run prove`. */
export const count = (small: number, full: number): number => (FULL ? full : small)
