/** What an event does to open sessions, by its kind: the table that the compiler keeps complete. */
import type { EnforcementEvent, EnforcementKind } from '@pgbeam/contracts'
import { addressAllowed } from '../auth/admission.js'
import type { SessionOwner } from '../relay/session-registry.js'
import type { EndReason } from '../relay/session-options.js'

interface ReadmitReasons {
  readonly elsewhere: EndReason
  readonly disabled: EndReason
  readonly defaulted: EndReason
}

export type Effect =
  /** End the sessions it is about. */
  | { readonly do: 'drop'; readonly reason: EndReason }
  /** Sessions go on; the next login reads anew. */
  | { readonly do: 'nothing' }
  /** Hold open sessions to another expiry. */
  | { readonly do: 'expire' }
  /**
   * End the sessions that come from elsewhere than the project now allows, those of credentials where its kill switch is thrown, and
   * those of applications whose default policy is another one.
   */
  | ({ readonly do: 'readmit' } & ReadmitReasons)

const ended = (message: string, hint: string): Effect => ({ do: 'drop', reason: { sqlState: '57P01', message, hint } })

const effects: Readonly<Record<EnforcementKind, Effect>> = {
  'credential.created': { do: 'nothing' },
  'credential.killed': ended('this credential was paused (kill switch)', 'Ask its owner to resume it; the secret stays the same.'),
  'credential.resumed': { do: 'nothing' },
  'credential.rotated': ended("this credential's secrets were rotated", 'Connect again with the new password.'),
  'credential.revoked': ended('this credential was revoked', 'Ask its owner for a new credential.'),
  'credential.expiry_changed': { do: 'expire' },
  'credential.policy_changed': ended('this credential was given another policy', 'Connect again.'),
  'policy.replaced': ended('the policy of this session was changed', 'Connect again.'),
  'database.changed': ended('the database behind this session was changed', 'Connect again.'),
  'database.deleted': ended('the database behind this session was removed', 'Ask the owner of the project.'),
  'project.changed': {
    do: 'readmit',
    elsewhere: { sqlState: '57P01', message: 'connections from this address are no longer allowed', hint: "Add the address to the project's allowed_cidrs." },
    disabled: { sqlState: '57P01', message: 'all credentials of this project were paused (kill switch of the project)', hint: 'Ask its owner to resume the project; the secret stays the same.' },
    defaulted: { sqlState: '57P01', message: 'the default policy of the project was changed', hint: 'Connect again.' },
  },
  'project.deleted': ended('the project of this session was removed', 'Ask the owner of the organization.'),
}

export const effectOf = (event: EnforcementEvent): Effect => effects[event.kind]

/** Why a change of its project ends a session; undefined for one that goes on. */
export function readmitted(event: EnforcementEvent, { passthrough, address }: Pick<SessionOwner, 'passthrough' | 'address'>, reasons: ReadmitReasons): EndReason | undefined {
  const { allowed_cidrs: cidrs, agents_disabled: disabled, default_policy_id: policyId } = event
  if (disabled === true && !passthrough) return reasons.disabled
  if (cidrs !== undefined && !addressAllowed(address, cidrs)) return reasons.elsewhere
  return policyId !== undefined && passthrough && passthrough.policyFrom !== 'database' ? reasons.defaulted : undefined
}
