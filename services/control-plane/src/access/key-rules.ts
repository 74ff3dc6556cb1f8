/** What an organization asks of the keys that open it. Pure. */
export interface KeyRules {
  /** Days from a key's creation to its end; null for no limit. */
  readonly lifetimeDaysMax: number | null
  readonly expiryRequired: boolean
  readonly personalKeysAllowed: boolean
}

export interface KeyTerms {
  readonly kind: 'personal' | 'organization'
  readonly createdAt: Date
  readonly expiresAt: Date | null
}

export type BrokenRule = 'personal_keys_not_allowed' | 'expiry_required' | 'lifetime_too_long'

const DAY_MS = 86_400_000
/** A key's end is reckoned from its creation, but a moment passes between the two clocks that say so. */
const SLACK_MS = 60_000

/** The first rule that such a key breaks, or undefined. */
export function brokenRule(rules: KeyRules, key: KeyTerms): BrokenRule | undefined {
  if (key.kind === 'personal' && !rules.personalKeysAllowed) return 'personal_keys_not_allowed'
  if (key.expiresAt === null) return rules.expiryRequired || rules.lifetimeDaysMax !== null ? 'expiry_required' : undefined
  const lifetimeMs = key.expiresAt.getTime() - key.createdAt.getTime()
  return rules.lifetimeDaysMax !== null && lifetimeMs > rules.lifetimeDaysMax * DAY_MS + SLACK_MS ? 'lifetime_too_long' : undefined
}

/** The rule in words, for whoever runs into it. */
export const ruleInWords: Readonly<Record<BrokenRule, string>> = {
  personal_keys_not_allowed: 'the organization does not allow personal keys; use an organization key',
  expiry_required: 'the organization asks that keys expire; choose expires_in_days',
  lifetime_too_long: 'the organization asks for a shorter lifetime; choose a smaller expires_in_days',
}
