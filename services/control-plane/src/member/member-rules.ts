/** Who may change whose role, or end whose membership. Pure. */
import { mayDo, type Role } from '../access/permission.js'

export interface MemberChange {
  /** The role of whoever does it. An organization's keys act as admins. */
  readonly by: Role
  /** Whether they do it to themselves. */
  readonly toOneself: boolean
  readonly from: Role
  /** null: they no longer belong to it. */
  readonly to: Role | null
  /** How many owners there are before. */
  readonly owners: number
}
export type Refusal = 'needs_member_write' | 'needs_owner' | 'last_owner'

/** The first thing that speaks against it, or undefined. */
export function refusalOf({ by, toOneself, from, to, owners }: MemberChange): Refusal | undefined {
  const leaves = toOneself && to === null
  if (!leaves) {
    if (!mayDo(by, 'member:write')) return 'needs_member_write'
    // Who may make an owner could make themselves one; who may unmake one could be the last.
    if ((from === 'owner') !== (to === 'owner') && !mayDo(by, 'organization:own')) return 'needs_owner'
  }
  return from === 'owner' && to !== 'owner' && owners <= 1 ? 'last_owner' : undefined
}
