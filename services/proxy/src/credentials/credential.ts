/** A credential as this proxy knows it: one snapshot of the control plane's, opened. It is replaced, never changed in place, but for `expiresAtMs` and `stale`. */
import type { CredentialSnapshot } from '@pgbeam/contracts'
import type { Secret } from '@pgbeam/kernel'
import { parseVerifier, type Verifier } from '@pgbeam/scram'

export interface DatabaseTarget {
  readonly id: string
  readonly host: string
  readonly port: number
  readonly name: string
  readonly username: string
  readonly password: Secret
  readonly sslMode: 'disable' | 'allow' | 'prefer' | 'require' | 'verify-ca' | 'verify-full'
  readonly sslCa: string | undefined
  readonly role: 'primary' | 'replica'
  readonly queryTimeoutMs: number
}

export interface RetiredKey {
  readonly storedKey: Buffer
  /** Milliseconds since 1970 on the control database's clock. */
  readonly untilMs: number
}

export interface Credential {
  readonly id: string
  readonly projectId: string
  readonly policyId: string
  readonly name: string
  readonly principalType: 'agent' | 'human'
  readonly authMethod: 'scram-sha-256' | 'cleartext'
  readonly status: 'active' | 'killed'
  readonly verifier: Verifier
  /** Of secrets from before the last rotations: to recognise them, never to let them in. */
  readonly retiredKeys: readonly RetiredKey[]
  readonly databaseId: string | undefined
  readonly databases: readonly DatabaseTarget[]
  readonly allowedCidrs: readonly string[]
  readonly projectSlug: string
  /** The kill switch of its project. */
  readonly projectDisabled: boolean
  readonly policy: CredentialSnapshot['policy']
  readonly asOfSeq: number
  /** Milliseconds since 1970 on the control database's clock; Infinity for never. */
  expiresAtMs: number
  /** An event has overtaken this snapshot: no login may be completed on it. */
  stale: boolean
}

/** @param passwords by database id, already decrypted */
export function credentialOf(snapshot: CredentialSnapshot, asOfSeq: number, passwords: ReadonlyMap<string, Secret>): Credential {
  const { credential, policy, project } = snapshot
  return {
    id: credential.id,
    projectId: credential.project_id,
    policyId: policy.id,
    name: credential.name,
    principalType: credential.principal_type,
    authMethod: credential.auth_method,
    status: credential.status,
    verifier: parseVerifier(credential.verifier),
    retiredKeys: credential.retired_keys.map(({ stored_key, until }) => ({ storedKey: Buffer.from(stored_key, 'base64'), untilMs: Date.parse(until) })),
    databaseId: credential.database_id ?? undefined,
    databases: snapshot.databases.map((database) => ({
      id: database.id,
      host: database.host,
      port: database.port,
      name: database.name,
      username: database.username,
      password: passwords.get(database.id) as Secret,
      sslMode: database.ssl_mode,
      sslCa: database.ssl_ca ?? undefined,
      role: database.role,
      queryTimeoutMs: database.query_timeout_ms ?? 0,
    })),
    allowedCidrs: project.allowed_cidrs,
    projectSlug: project.slug,
    projectDisabled: project.agents_disabled,
    policy,
    asOfSeq,
    expiresAtMs: credential.expires_at === null ? Infinity : Date.parse(credential.expires_at),
    stale: false,
  }
}

/** The database of this name that the credential may reach: its own one where it is narrowed, else the primary before a replica. */
export function databaseNamed(credential: Credential, name: string): DatabaseTarget | undefined {
  const candidates = credential.databases.filter(
    (database) => database.name === name && (credential.databaseId === undefined || database.id === credential.databaseId),
  )
  return candidates.find((database) => database.role === 'primary') ?? candidates[0]
}
