/** What is known of a key and of whoever holds it: read in one statement, as of one position of the access log. */
import { BlockList, isIPv6 } from 'node:net'
import type { Role } from '../permission.js'
import type { Remembered } from './access-memory.js'

export interface KnownKey extends Remembered {
  readonly id: string
  readonly kind: 'personal' | 'organization'
  readonly name: string
  /** Permissions that the key is held to; empty for all that its owner has. */
  readonly scopes: readonly string[]
  /** Projects that the key is held to; empty for all. */
  readonly projectIds: readonly string[]
  readonly allowedCidrs: readonly string[]
  readonly allowedFrom: BlockList | undefined
  readonly createdAt: Date
  readonly expiresAt: Date | null
  readonly userId: string | null
  readonly organizations: readonly KnownOrganization[]
}

export interface KnownOrganization {
  readonly id: string
  readonly name: string
  readonly slug: string
  readonly role: Role
}

/** The addresses that a key may be used from, or undefined for all. */
export function addressList(cidrs: readonly string[]): BlockList | undefined {
  if (cidrs.length === 0) return undefined
  const list = new BlockList()
  for (const cidr of cidrs) {
    const [address = '', bits] = cidr.split('/')
    list.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4')
  }
  return list
}

/** Whether a key that asks for certain addresses may be used from this one. An IPv4 address within IPv6 counts as IPv4. */
export function mayComeFrom(list: BlockList | undefined, address: string | undefined): boolean {
  if (!list) return true
  if (address === undefined) return false
  const plain = address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address
  return list.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4')
}
