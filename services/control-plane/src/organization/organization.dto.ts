import { z } from 'zod'
import { roles, type Role } from '../access/permission.js'
import type { Organization } from '../generated/prisma/client.js'
import { tagged } from '../platform/http/etag.js'
import { page, text } from '../platform/http/fields.js'

const lifetimesDaysMax = [30, 90, 365] as const

export const keyRules = z.strictObject({
  lifetime_days_max: z.union(lifetimesDaysMax.map((days) => z.literal(days)), { error: 'must be 30, 90, 365 or null (for no limit)' }).nullable().describe('the longest that a key may live; null for no limit'),
  expiry_required: z.boolean().describe('keys that do not expire open nothing here'),
  personal_keys_allowed: z.boolean().describe('whether keys of people open this organization, or its own keys alone'),
  leaked_keys_revoked: z.boolean().describe('whether a key that was found in public is revoked at once'),
}).meta({ id: 'KeyRules' })
export type KeyRulesView = z.infer<typeof keyRules>

export const createOrganization = z.strictObject({ name: text(100) }).meta({ id: 'CreateOrganization' })
export type CreateOrganization = z.output<typeof createOrganization>

export const patchOrganization = z.strictObject({
  name: text(100).optional(),
  key_rules: keyRules.partial().optional().describe('only owners change these: they bind everybody else'),
}).meta({ id: 'ChangeOrganization' })
export type PatchOrganization = z.output<typeof patchOrganization>

export const confirmRestore = z.strictObject({
  log_epoch: text(200).describe('as the organization shows it: what was looked at is what is confirmed'),
}).meta({ id: 'ConfirmRestore' })
export type ConfirmRestore = z.output<typeof confirmRestore>

export const organizationView = z.strictObject({
  id: z.string(),
  name: z.string(),
  slug: z.string(),
  role: z.enum(roles).describe('of the caller; an organization key acts as an admin'),
  key_rules: keyRules,
  restore: z.strictObject({
    confirmed: z.boolean().describe("false after the control plane's database was restored or failed over: every credential is served as killed until an owner confirms"),
    log_epoch: z.string().describe('the life of the enforcement log that is confirmed by naming it'),
  }),
  created_at: z.iso.datetime(),
}).meta({ id: 'Organization' })
export type OrganizationView = z.infer<typeof organizationView>

export const listAccessEvents = z.strictObject(page)
export type ListAccessEvents = z.output<typeof listAccessEvents>

export const accessEventList = z.strictObject({
  events: z.array(
    z.strictObject({
      seq: z.int(),
      event: z.string(),
      subject_id: z.string().describe('the key, person, invitation or organization that was changed'),
      actor_id: z.string().nullable().describe('the key or person who did it; null where a rule or the passing of time did'),
      actor_ip: z.string().nullable(),
      detail: z.record(z.string(), z.unknown()),
      at: z.iso.datetime(),
    }),
  ),
  next_page_token: z.string().nullable(),
}).meta({ id: 'AccessEventList' })
export type AccessEventList = z.infer<typeof accessEventList>

export function toOrganizationView(row: Organization, role: Role, logEpoch: string): OrganizationView {
  return tagged(row, {
    id: row.id,
    name: row.name,
    slug: row.slug,
    role,
    key_rules: {
      lifetime_days_max: row.keyLifetimeDaysMax as KeyRulesView['lifetime_days_max'],
      expiry_required: row.keyExpiryRequired,
      personal_keys_allowed: row.personalKeysAllowed,
      leaked_keys_revoked: row.leakedKeysRevoked,
    },
    restore: { confirmed: row.trustedEpoch === logEpoch, log_epoch: logEpoch },
    created_at: row.createdAt.toISOString(),
  })
}
