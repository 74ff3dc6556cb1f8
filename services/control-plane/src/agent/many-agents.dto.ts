import { z } from 'zod'
import { principalTypes } from '@pgbeam/contracts'
import { receiptView } from '../enforcement/enforcement.dto.js'
import { id, instant } from '../platform/http/fields.js'
import { asJson, jsonSchema } from '../platform/http/openapi-schemas.js'

/** How many credentials one call changes. */
export const manyAgentsMax = 1_000

const ids = z.array(id('CredentialId')).min(1).max(manyAgentsMax)
const conditions = z.strictObject({
  policy_profile_id: id('PolicyId'),
  principal_type: z.enum(principalTypes),
  last_used_before: instant.describe('one that was never used counts as used when it was made'),
  created_before: instant,
  status: z.enum(['active', 'killed']),
})
const filter = conditions
  .partial()
  .refine((given) => Object.keys(given).length > 0, { error: 'needs at least one condition' })
  .meta(asJson({ ...jsonSchema(conditions.partial(), 'input'), $schema: undefined, minProperties: 1, description: 'credentials that meet all of these conditions, except for those that are revoked' }))
const dry_run = z.boolean().default(false).describe('only says what would be changed')

// In the document this is one of two shapes, which says that there has to be exactly one of the two; errors of the one shape say more.
const byIds = z.strictObject({ ids, dry_run })
const byFilter = z.strictObject({ filter, dry_run })
const { $schema: _, ...json } = jsonSchema(z.union([byIds, byFilter]), 'input')
export const chooseAgents = z
  .strictObject({ ids: ids.optional(), filter: filter.optional(), dry_run })
  .refine((given) => (given.ids === undefined) !== (given.filter === undefined), { error: 'takes either ids or filter' })
  .meta(asJson({ id: 'ChooseCredentials', ...json }))
export type ChooseAgents = z.output<typeof chooseAgents>

export const manyChanged = z.strictObject({
  dry_run: z.boolean().describe('true: nothing was changed'),
  agents: z.array(z.string()).describe('the credentials that this call has changed or, in a dry run, would change'),
  changed: z.int(),
  already: z.int().describe('how many of the chosen ones were so already'),
  receipt: receiptView.nullable().describe('of the last event, with what all events of this call ended. null: there was nothing to enforce'),
}).meta({ id: 'CredentialsChanged' })
export type ManyChanged = Omit<z.infer<typeof manyChanged>, 'receipt'>

/** Which ones a filter has met can be told only now. */
export const manyChangedPending = z.strictObject({ ...receiptView.shape, ...manyChanged.omit({ receipt: true }).shape }).meta({ id: 'CredentialsChangedReceipt' })
