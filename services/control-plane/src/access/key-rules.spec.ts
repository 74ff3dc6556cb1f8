import { describe, expect, it } from '@jest/globals'
import { brokenRule, type KeyRules } from './key-rules.js'

const createdAt = new Date('2026-01-01T00:00:00Z')
const inDays = (days: number | null): Date | null => (days === null ? null : new Date(createdAt.getTime() + days * 86_400_000))
const none: KeyRules = { lifetimeDaysMax: null, expiryRequired: false, personalKeysAllowed: true }

describe('the rules of an organization', () => {
  it.each<[string, Partial<KeyRules>, 'personal' | 'organization', number | null, string | undefined]>([
    ['none: a key for ever', {}, 'organization', null, undefined],
    ['expiry required: a key for ever', { expiryRequired: true }, 'organization', null, 'expiry_required'],
    ['expiry required: a year', { expiryRequired: true }, 'organization', 365, undefined],
    ['90 days at most: a key for ever', { lifetimeDaysMax: 90 }, 'personal', null, 'expiry_required'],
    ['90 days at most: a year', { lifetimeDaysMax: 90 }, 'personal', 365, 'lifetime_too_long'],
    ['90 days at most: 90 days', { lifetimeDaysMax: 90 }, 'organization', 90, undefined],
    ['no personal keys: a personal one', { personalKeysAllowed: false }, 'personal', 30, 'personal_keys_not_allowed'],
    ['no personal keys: an organization key', { personalKeysAllowed: false }, 'organization', 30, undefined],
  ])('%s', (_case, rules, kind, days, broken) => expect(brokenRule({ ...none, ...rules }, { kind, createdAt, expiresAt: inDays(days) })).toBe(broken))
})
