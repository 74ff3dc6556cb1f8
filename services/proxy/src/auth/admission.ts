/** May somebody who proved the secret come in? Each no says why: the secret is known to them anyway. */
import ipaddr from 'ipaddr.js'
import { databaseNamed, type Credential, type DatabaseTarget } from '../credentials/credential.js'
import { LoginNotAllowed } from './errors.js'
import { PgBeamError } from '@pgbeam/kernel'

export class NoSuchDatabase extends PgBeamError {
  readonly code = 'ERR_NO_SUCH_DATABASE'
  readonly fault = 'client'
  readonly sqlState = '3D000'
  constructor(name: string, credential: Credential) {
    const reachable = credential.databases.filter(({ id }) => credential.databaseId === undefined || id === credential.databaseId)
    const names = [...new Set(reachable.map((database) => database.name))].join(', ')
    super(`database "${name}" does not exist`, names === '' ? 'The project has no database yet: add one.' : `This credential reaches: ${names}.`)
  }
}

export interface AdmissionRequest {
  readonly credential: Credential
  readonly databaseName: string
  readonly address: string
  /** On the control database's clock. */
  readonly nowMs: number
}

/** @throws LoginNotAllowed, NoSuchDatabase */
export function admit({ credential, databaseName, address, nowMs }: AdmissionRequest): DatabaseTarget {
  if (credential.projectDisabled)
    throw new LoginNotAllowed('all credentials of this project are paused (kill switch of the project)', 'Ask its owner to resume the project; the secret stays the same.')
  if (credential.status === 'killed' && credential.passthrough)
    throw new LoginNotAllowed('applications of this project are paused since its state was restored from a backup', 'Ask an owner of its organization to confirm the restored state.')
  if (credential.status === 'killed')
    throw new LoginNotAllowed('this credential is paused (kill switch)', 'Ask its owner to resume it; the secret stays the same.')
  if (nowMs >= credential.expiresAtMs)
    throw new LoginNotAllowed(
      `this credential expired at ${new Date(credential.expiresAtMs).toISOString()}`,
      'Ask its owner for a later expiry or a new credential.',
    )
  if (!addressAllowed(address, credential.allowedCidrs))
    throw new LoginNotAllowed(`connections from ${address} are not allowed`, "Add the address to the project's allowed_cidrs.")
  const database = databaseNamed(credential, databaseName)
  if (!database) throw new NoSuchDatabase(databaseName, credential)
  return database
}

/** Whether an address lies in one of the blocks; with no block at all every address does. IPv4 in IPv6 counts as IPv4. */
export function addressAllowed(address: string, cidrs: readonly string[]): boolean {
  if (cidrs.length === 0) return true
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address)
  return cidrs.some((cidr) => {
    if (!ipaddr.isValidCIDR(cidr)) return false
    const [network, bits] = ipaddr.parseCIDR(cidr)
    return network.kind() === parsed.kind() && parsed.match(network, bits)
  })
}
