/** What the upstream session is given at startup, and what ends it: guards under the gate, not instead of it. */
import { denied, Refusal } from './denial.js'
import { checkSetting } from './settings.js'
import type { CompiledPolicy, Denied } from './types.js'

const CHECKED: Readonly<Record<string, string>> = Object.freeze({
  // The gate reads strings and bytes as these two say; the server must, too.
  standard_conforming_strings: 'on',
  client_encoding: 'UTF8',
  row_security: 'on',
})
const READ_ONLY: Readonly<Record<string, string>> = Object.freeze({ default_transaction_read_only: 'on', ...CHECKED })
const NONE: Readonly<Record<string, string>> = Object.freeze({})

/** The server reports no change of `row_security`. */
function reported({ row_security: _unreported, ...watched }: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return watched
}

/**
 * Settings for the upstream startup packet (from there they survive RESET and DISCARD), and the values of
 * ParameterStatus that must hold: a session that reports another one is over.
 */
export function sessionGuards(policy: CompiledPolicy): {
  readonly startup: Readonly<Record<string, string>>
  readonly watched: Readonly<Record<string, string>>
} {
  const startup = policy.writes ? (policy.checked ? CHECKED : NONE) : READ_ONLY
  return { startup, watched: reported(startup) }
}

/** A setting that a client asks for at startup, as a parameter or in `options`: judged like SET. Undefined when it may pass. */
export function checkStartupSetting(policy: CompiledPolicy, name: string, value: string): Denied | undefined {
  if (!policy.checked) return undefined
  try {
    checkSetting(policy, name, [value])
    return undefined
  } catch (error) {
    if (error instanceof Refusal) return denied(error)
    throw error
  }
}
