import { z } from 'zod'
import { roles, type Role } from '../access/permission.js'
import { page } from '../platform/http/fields.js'
import type { Member } from './member.repository.js'

export const listMembers = z.strictObject(page)
export type ListMembers = z.output<typeof listMembers>

export const patchMember = z.strictObject({ role: z.enum(roles) }).meta({ id: 'ChangeMember' })
export type PatchMember = z.output<typeof patchMember>

export const memberView = z.strictObject({
  user_id: z.string(),
  name: z.string(),
  email: z.string().nullable().describe('null until they sign in for the first time'),
  role: z.enum(roles),
  joined_at: z.iso.datetime(),
}).meta({ id: 'Member' })
export type MemberView = z.infer<typeof memberView>

export const memberList = z.strictObject({ members: z.array(memberView), next_page_token: z.string().nullable() }).meta({ id: 'MemberList' })
export type MemberList = z.infer<typeof memberList>

export function toMemberView({ userId, role, createdAt, user }: Member): MemberView {
  return { user_id: userId, name: user.name, email: user.email, role: role as Role, joined_at: createdAt.toISOString() }
}
