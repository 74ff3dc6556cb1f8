/** Asks the control plane for credentials, and opens what it answers. */
import { resolveReply, subjects, type DatabaseTarget, type ResolveReply } from '@pgbeam/contracts'
import { Secret } from '@pgbeam/kernel'
import { deriveKeys, DEFAULT_ITERATIONS } from '@pgbeam/scram'
import { applicationOf, credentialOf } from '../credentials/credential.js'
import { ControlPlaneUnreachable, type ResolveKey, type Resolved, type Resolver } from '../credentials/credential-store.js'
import { saltOf } from '../credentials/salt.js'
import type { ControlPlane } from './control-plane.js'
import type { Identity } from './identity.js'

const TIMEOUT_MS = 5000

/** Nobody's password, for names that nobody has: they cost what others cost. */
const NOBODYS = new Secret('nobody')

export function createResolver(controlPlane: ControlPlane, identity: Identity, saltSecret: Secret<Buffer>): Resolver {
  return async (by: ResolveKey): Promise<Resolved> => {
    const reply = await ask(controlPlane, identity, by)
    if ('passthrough' in by) {
      const { passthrough: name } = by
      const snapshot = reply.passthrough ?? null
      const password = snapshot ? await openPassword(identity, snapshot.database) : NOBODYS
      // The verifier is made here, of the password: a stored one may be weak, and its verifier would be enough to find it out.
      const salt = saltOf(saltSecret, name.user)
      const keys = await deriveKeys(password.reveal(), salt, DEFAULT_ITERATIONS)
      return { reply, credential: snapshot ? applicationOf(name, snapshot, reply.as_of_seq, password, salt, keys) : undefined }
    }
    if (reply.snapshot === null) return { reply, credential: undefined }
    const passwords = await openPasswords(identity, reply.snapshot.databases)
    return { reply, credential: credentialOf(reply.snapshot, reply.as_of_seq, passwords) }
  }
}

async function ask(controlPlane: ControlPlane, identity: Identity, by: ResolveKey): Promise<ResolveReply> {
  const key = 'credentialId' in by ? { credential_id: by.credentialId } : 'passthrough' in by ? by : { mcp_token_sha256: by.mcpTokenSha256 }
  try {
    return await controlPlane.request(
      subjects.resolve,
      { request: 'resolve-request', reply: 'resolve-reply' },
      { incarnation: identity.incarnation, ...key },
      resolveReply,
      TIMEOUT_MS,
    )
  } catch (error) {
    throw new ControlPlaneUnreachable(error)
  }
}

/** Upstream passwords by database id. */
async function openPasswords(identity: Identity, databases: readonly DatabaseTarget[]): Promise<Map<string, Secret>> {
  const opened = await Promise.all(
    databases.map(async (database) => [database.id, await openPassword(identity, database)] as const),
  )
  return new Map(opened)
}

async function openPassword(identity: Identity, { password_jwe: jwe }: DatabaseTarget): Promise<Secret> {
  return new Secret((await identity.decrypt(jwe)).reveal().toString())
}
