/** A database that the control plane asks about, with its password opened. */
import type { DatabaseTarget as SentTarget } from '@pgbeam/contracts'
import { Secret } from '@pgbeam/kernel'
import type { DatabaseTarget } from '../credentials/credential.js'
import type { Identity } from './identity.js'

/** @param purpose keeps what is learnt of the database while connecting apart from what sessions learn */
export async function openTarget(identity: Identity, sent: SentTarget, purpose?: string): Promise<DatabaseTarget> {
  return {
    id: purpose === undefined ? sent.id : `${purpose} ${sent.id}`,
    host: sent.host,
    port: sent.port,
    name: sent.name,
    username: sent.username,
    password: new Secret((await identity.decrypt(sent.password_jwe)).reveal().toString()),
    sslMode: sent.ssl_mode,
    sslCa: sent.ssl_ca ?? undefined,
    role: sent.role,
    queryTimeoutMs: 0,
  }
}
