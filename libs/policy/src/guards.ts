/** What the upstream session is given at startup, and what ends it: guards under the gate, not instead of it. */
import { denied, Refusal } from './denial.js'
import { checkSetting } from './settings.js'
import type { CompiledPolicy, Denied } from './types.js'

const READ_ONLY: Readonly<Record<string, string>> = Object.freeze({
  default_transaction_read_only: 'on',
  // The gate reads strings and bytes as these two say; the server must, too.
  standard_conforming_strings: 'on',
  client_encoding: 'UTF8',
  row_security: 'on',
})
const WATCHED: Readonly<Record<string, string>> = Object.freeze({
  default_transaction_read_only: 'on',
  standard_conforming_strings: 'on',
  client_encoding: 'UTF8',
})
const NONE: Readonly<Record<string, string>> = Object.freeze({})

/**
 * Settings for the upstream startup packet (from there they survive RESET and DISCARD), and the values of
 * ParameterStatus that must hold: a session that reports another one is over.
 */
export function sessionGuards(policy: CompiledPolicy): {
  readonly startup: Readonly<Record<string, string>>
  readonly watched: Readonly<Record<string, string>>
} {
  return policy.accessMode === 'read_write' ? { startup: NONE, watched: NONE } : { startup: READ_ONLY, watched: WATCHED }
}

/** A setting that a client asks for at startup, as a parameter or in `options`: judged like SET. Undefined when it may pass. */
export function checkStartupSetting(policy: CompiledPolicy, name: string, value: string): Denied | undefined {
  if (policy.accessMode === 'read_write') return undefined
  try {
    checkSetting(policy, name, [value])
    return undefined
  } catch (error) {
    if (error instanceof Refusal) return denied(error)
    throw error
  }
}
