import { z } from 'zod'
import { roles, type Role } from '../access/permission.js'
import { email, page } from '../platform/http/fields.js'
import type { Invitation } from './invitation.repository.js'

const TOKEN_CHARS = 43
export const oneTimeToken = z.string().regex(new RegExp(`^[\\w-]{${TOKEN_CHARS}}$`), { error: 'is not such a token' })

export const createInvitation = z.strictObject({ email, role: z.enum(roles).default('member') }).meta({ id: 'CreateInvitation' })
export type CreateInvitation = z.output<typeof createInvitation>

export const acceptInvitation = z.strictObject({ token: oneTimeToken }).meta({ id: 'AcceptInvitation' })
export type AcceptInvitation = z.output<typeof acceptInvitation>

export const listInvitations = z.strictObject(page)
export type ListInvitations = z.output<typeof listInvitations>

export const invitationStatuses = ['pending', 'accepted', 'revoked', 'expired'] as const
export const invitationView = z.strictObject({
  id: z.string(),
  organization_id: z.string(),
  email: z.string(),
  role: z.enum(roles),
  status: z.enum(invitationStatuses).describe('also revoked when the key that made it was'),
  invited_by: z.string().describe('the person, or the organization key'),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  accepted_at: z.iso.datetime().nullable(),
  accepted_by: z.string().nullable(),
}).meta({ id: 'Invitation' })
export type InvitationView = z.infer<typeof invitationView>

export const invitationList = z.strictObject({ invitations: z.array(invitationView), next_page_token: z.string().nullable() }).meta({ id: 'InvitationList' })
export type InvitationList = z.infer<typeof invitationList>

export const madeInvitation = z.strictObject({
  invitation: invitationView,
  link: z.string().describe('shown once: no mail is sent, so pass it on to whom it is for; whoever has it may join'),
  token: z.string().describe('the secret part of the link, shown once'),
}).meta({ id: 'MadeInvitation' })
export type MadeInvitation = z.infer<typeof madeInvitation>

export const joined = z.strictObject({ organization: z.strictObject({ id: z.string(), name: z.string(), slug: z.string(), role: z.enum(roles) }) }).meta({ id: 'Joined' })
export type Joined = z.infer<typeof joined>

export function statusOf(row: Invitation, now = new Date()): InvitationView['status'] {
  if (row.acceptedAt) return 'accepted'
  if (row.revokedAt || row.key?.revokedAt) return 'revoked'
  return row.expiresAt <= now ? 'expired' : 'pending'
}

export function toInvitationView(row: Invitation): InvitationView {
  return {
    id: row.id,
    organization_id: row.organizationId,
    email: row.email,
    role: row.role as Role,
    status: statusOf(row),
    invited_by: row.invitedBy,
    created_at: row.createdAt.toISOString(),
    expires_at: row.expiresAt.toISOString(),
    accepted_at: row.acceptedAt?.toISOString() ?? null,
    accepted_by: row.acceptedBy,
  }
}
