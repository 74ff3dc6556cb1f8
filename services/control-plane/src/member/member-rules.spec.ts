import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { roles } from '../access/permission.js'
import { refusalOf, type MemberChange, type Refusal } from './member-rules.js'

const change = (fields: Partial<MemberChange>): MemberChange => ({ by: 'owner', toOneself: false, from: 'member', to: 'member', owners: 2, ...fields })

describe('a change of members', () => {
  it.each<[string, Partial<MemberChange>, Refusal | undefined]>([
    ['an owner makes another owner', { to: 'owner' }, undefined],
    ['an owner removes another owner', { from: 'owner', to: null }, undefined],
    ['an owner steps down while another remains', { from: 'owner', to: 'admin', toOneself: true }, undefined],
    ['the last owner steps down', { from: 'owner', to: 'admin', toOneself: true, owners: 1 }, 'last_owner'],
    ['the last owner leaves', { from: 'owner', to: null, toOneself: true, owners: 1 }, 'last_owner'],
    ['an admin makes an admin', { by: 'admin', to: 'admin' }, undefined],
    ['an admin removes an admin', { by: 'admin', from: 'admin', to: null }, undefined],
    ['an admin makes an owner', { by: 'admin', to: 'owner' }, 'needs_owner'],
    ['an admin makes themselves owner', { by: 'admin', from: 'admin', to: 'owner', toOneself: true }, 'needs_owner'],
    ['an admin demotes an owner', { by: 'admin', from: 'owner', to: 'member' }, 'needs_owner'],
    ['an admin removes an owner', { by: 'admin', from: 'owner', to: null }, 'needs_owner'],
    ['a member leaves', { by: 'member', to: null, toOneself: true }, undefined],
    ['a member removes another', { by: 'member', to: null }, 'needs_member_write'],
    ['a member makes themselves admin', { by: 'member', to: 'admin', toOneself: true }, 'needs_member_write'],
  ])('in which %s', (_case, fields, expected) => expect(refusalOf(change(fields))).toBe(expected))

  it('leaves an owner, and makes or unmakes one by an owner alone', () => {
    const arbitrary = fc.record({
      by: fc.constantFrom(...roles), toOneself: fc.boolean(), from: fc.constantFrom(...roles), to: fc.constantFrom(...roles, null), owners: fc.integer({ min: 1, max: 3 }),
    })
    fc.assert(
      fc.property(arbitrary, (one) => {
        if (refusalOf(one) !== undefined) return true
        const ownersAfter = one.owners - Number(one.from === 'owner') + Number(one.to === 'owner')
        const byOwner = one.by === 'owner' || (one.from === 'owner') === (one.to === 'owner') || (one.toOneself && one.to === null)
        return (one.from !== 'owner' || ownersAfter > 0) && byOwner
      }),
    )
  })
})
