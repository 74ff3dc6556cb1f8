/** What values look like. They are looked at here and go nowhere: only how many of them fit is told. */
import type { PiiCategory } from '@pgbeam/contracts'
import validator from 'validator'

/** The categories that a value shows by itself; a name or a street looks like any other text. */
const TESTS: readonly (readonly [PiiCategory, (value: string) => boolean])[] = [
  ['secret', (value) => /^(?:eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.|-----BEGIN [A-Z ]*PRIVATE KEY|\$2[aby]\$\d\d\$|\$argon2|(?:sk|rk|pk)_(?:live|test)_|gh[pousr]_\w{20}|AKIA[0-9A-Z]{16}|xox[abprs]-|SCRAM-SHA-256\$)/.test(value)],
  ['email', (value) => validator.isEmail(value, { allow_utf8_local_part: true })],
  ['bank_account', (value) => value.length >= 15 && validator.isIBAN(value)],
  ['payment_card', (value) => /^\d(?:[ -]?\d){12,18}$/.test(value) && validator.isCreditCard(value.replaceAll(/[ -]/g, ''))],
  ['national_id', (value) => /^(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}$/.test(value)],
  ['ip_address', (value) => validator.isIP(value.replace(/\/\d+$/, ''))],
  ['phone', (value) => /^\+[\d ().-]{8,20}$|^\(\d{3}\) ?\d{3}-\d{4}$|^\d{3}[-.]\d{3}[-.]\d{4}$/.test(value)],
]

/** Leaves of one JSON value that are looked at. */
const LEAVES_MAX = 50

/** @param json whether values are JSON: then their texts are looked at, wherever they stand */
export function sharesOf(values: readonly string[], json: boolean): ReadonlyMap<PiiCategory, number> {
  const shares = new Map<PiiCategory, number>()
  if (values.length === 0) return shares
  const texts = values.map((value) => (json ? leavesOf(value) : [value.trim()]))
  for (const [category, fits] of TESTS) {
    const count = texts.filter((leaves) => leaves.some(fits)).length
    if (count > 0) shares.set(category, count / values.length)
  }
  return shares
}

function leavesOf(value: string): string[] {
  const leaves: string[] = []
  const visit = (node: unknown): void => {
    if (leaves.length >= LEAVES_MAX) return
    if (typeof node === 'string') leaves.push(node.trim())
    else if (typeof node === 'object' && node !== null) for (const child of Object.values(node)) visit(child)
  }
  try {
    visit(JSON.parse(value))
  } catch {
    return [] // cut off, or not JSON
  }
  return leaves
}
