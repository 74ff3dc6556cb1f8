import { describe, expect, it } from '@jest/globals'
import { contains, withinLimits } from './limits.js'

const key = { name: 'k', lifetimeDays: null, scopes: [], projectIds: [], allowedCidrs: [] }
const free = { scopes: [], projectIds: [], allowedCidrs: [] }

describe('a key that makes another', () => {
  it('gives what it likes when it is held to nothing', () =>
    expect(withinLimits(free, { ...key, scopes: ['agent:read'], projectIds: ['p'], allowedCidrs: ['10.0.0.0/8'] })).toMatchObject({ scopes: ['agent:read'] }))

  it.each<[string, object, object, RegExp]>([
    ['more scopes than its own', { scopes: ['key:write'] }, { scopes: ['key:write', 'agent:write'] }, /agent:write/],
    ['all scopes', { scopes: ['key:write'] }, {}, /held to key:write/],
    ['another project', { projectIds: ['a'] }, { projectIds: ['b'] }, /does not have b/],
    ['all projects', { projectIds: ['a'] }, {}, /held to a/],
    ['a wider network', { allowedCidrs: ['10.1.0.0/16'] }, { allowedCidrs: ['10.0.0.0/8'] }, /10\.0\.0\.0\/8 lies outside/],
  ])('cannot give %s', (_case, limits, asked, words) => expect(() => withinLimits({ ...free, ...limits }, { ...key, ...asked })).toThrow(words))

  it('hands on the addresses that it may be used from itself', () =>
    expect(withinLimits({ ...free, allowedCidrs: ['10.0.0.0/8'] }, key).allowedCidrs).toEqual(['10.0.0.0/8']))

  it.each([
    ['10.0.0.0/8', '10.1.2.0/24', true],
    ['10.0.0.0/8', '10.0.0.0/8', true],
    ['10.0.0.0/8', '11.0.0.0/24', false],
    ['10.0.0.0/24', '10.0.0.0/8', false],
    ['0.0.0.0/0', '2001:db8::/32', false],
    ['2001:db8::/32', '2001:db8:1::/48', true],
  ])('%s contains %s: %s', (outer, inner, is) => expect(contains(outer, inner)).toBe(is))
})
