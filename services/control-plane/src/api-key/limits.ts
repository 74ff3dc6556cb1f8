/** A key never makes another that can do more than itself. Pure. */
import { BlockList, isIPv6 } from 'node:net'
import type { Limits } from '../access/caller.js'
import { Forbidden } from '../platform/http/errors.js'
import type { NewKey } from './issue-key.js'

/**
 * @returns the key as it may be made: addresses that were not asked for are those of the key that makes it
 * @throws Forbidden where it asks for more than its maker has
 */
export function withinLimits(limits: Limits, key: NewKey): NewKey {
  mustBeAmong('scopes', limits.scopes, key.scopes)
  mustBeAmong('project_ids', limits.projectIds, key.projectIds)
  if (limits.allowedCidrs.length === 0) return key
  const allowedCidrs = key.allowedCidrs.length === 0 ? limits.allowedCidrs : key.allowedCidrs
  for (const cidr of allowedCidrs) {
    if (!limits.allowedCidrs.some((outer) => contains(outer, cidr))) throw new Forbidden(`allowed_cidrs: ${cidr} lies outside of what this key itself may be used from`)
  }
  return { ...key, allowedCidrs }
}

function mustBeAmong(field: string, own: readonly string[], asked: readonly string[]): void {
  if (own.length === 0) return
  if (asked.length === 0) throw new Forbidden(`${field}: this key is held to ${own.join(', ')}; a key that it makes must name some of these`)
  const beyond = asked.filter((one) => !own.includes(one))
  if (beyond.length > 0) throw new Forbidden(`${field}: this key does not have ${beyond.join(', ')} itself`)
}

/** Whether every address of `inner` is one of `outer`: networks nest or are apart. */
export function contains(outer: string, inner: string): boolean {
  const [outerAddress = '', outerBits] = outer.split('/')
  const [innerAddress = '', innerBits] = inner.split('/')
  if (isIPv6(outerAddress) !== isIPv6(innerAddress) || Number(innerBits) < Number(outerBits)) return false
  const family = isIPv6(outerAddress) ? 'ipv6' : 'ipv4'
  const network = new BlockList()
  network.addSubnet(outerAddress, Number(outerBits), family)
  return network.check(innerAddress, family)
}
