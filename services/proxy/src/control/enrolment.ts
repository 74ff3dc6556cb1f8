/** Joining the fleet: this process's keys against a join token, and what all proxies share in return. */
import { enrolReply, fleetSecrets, formatJoinToken, subjects, type EnrolReply, type JoinToken } from '@pgbeam/contracts'
import { Secret } from '@pgbeam/kernel'
import type { ControlPlane } from './control-plane.js'
import type { Identity } from './identity.js'

export interface Membership {
  readonly proxyId: string
  readonly epoch: string
  readonly headSeq: number
  readonly dbTime: string
  readonly saltSecret: Secret<Buffer>
  readonly fleetKey: Secret<Buffer>
}

/** @throws ControlPlaneRefused where the token is not accepted */
export async function enrol(
  controlPlane: ControlPlane,
  identity: Identity,
  token: JoinToken,
  about: { readonly version: string; readonly address: string },
  timeoutMs: number,
): Promise<Membership> {
  const reply: EnrolReply = await controlPlane.request(
    subjects.enrol,
    { request: 'enrol-request', reply: 'enrol-reply' },
    {
      incarnation: identity.incarnation,
      version: about.version,
      signing_key: identity.publicJwks.signing,
      encryption_key: identity.publicJwks.encryption,
      token_jwe: await controlPlane.encrypt(formatJoinToken(token)),
      address: about.address,
    },
    enrolReply,
    timeoutMs,
  )
  const secrets = fleetSecrets.parse(JSON.parse((await identity.decrypt(reply.secrets_jwe)).reveal().toString()))
  return {
    proxyId: reply.proxy_id,
    epoch: reply.epoch,
    headSeq: reply.head_seq,
    dbTime: reply.db_time,
    saltSecret: new Secret(Buffer.from(secrets.salt_secret, 'base64url')),
    fleetKey: new Secret(Buffer.from(secrets.fleet_key, 'base64url')),
  }
}
