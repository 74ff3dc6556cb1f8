/** Asks the control plane for credentials, and opens what it answers. */
import { resolveReply, subjects, type DatabaseTarget, type ResolveReply } from '@pgbeam/contracts'
import { Secret } from '@pgbeam/kernel'
import { credentialOf } from '../credentials/credential.js'
import { ControlPlaneUnreachable, type ResolveKey, type Resolved, type Resolver } from '../credentials/credential-store.js'
import type { ControlPlane } from './control-plane.js'
import type { Identity } from './identity.js'

const TIMEOUT_MS = 5000

export function createResolver(controlPlane: ControlPlane, identity: Identity): Resolver {
  return async (by: ResolveKey): Promise<Resolved> => {
    const reply = await ask(controlPlane, identity, by)
    if (reply.snapshot === null) return { reply, credential: undefined }
    const passwords = await openPasswords(identity, reply.snapshot.databases)
    return { reply, credential: credentialOf(reply.snapshot, reply.as_of_seq, passwords) }
  }
}

async function ask(controlPlane: ControlPlane, identity: Identity, by: ResolveKey): Promise<ResolveReply> {
  const key = 'credentialId' in by ? { credential_id: by.credentialId } : { mcp_token_sha256: by.mcpTokenSha256 }
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
    databases.map(async (database) => [database.id, new Secret((await identity.decrypt(database.password_jwe)).reveal().toString())] as const),
  )
  return new Map(opened)
}
