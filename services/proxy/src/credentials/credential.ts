/**
 * Who logs in, as this proxy knows them: a credential, or an application with a database's stored user. One snapshot of the control plane's, opened. It is replaced,
 * never changed in place, but for `expiresAtMs` and `stale`.
 */
import type { ControlLossChoice, CredentialSnapshot, PassthroughName, PassthroughSnapshot } from '@pgbeam/contracts'
import type { Secret } from '@pgbeam/kernel'
import { DEFAULT_ITERATIONS, parseVerifier, type ServerKeys, type Verifier } from '@pgbeam/scram'

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

/** What an application with a stored user is held to besides its policy. */
export interface Passthrough {
  /** Whose default its policy is; undefined where it has none. */
  readonly policyFrom: 'database' | 'project' | undefined
  readonly onControlLoss: ControlLossChoice
}

export interface Credential {
  /** Under this it stands in the cache. */
  readonly key: string
  /** `agt_…`; of an application the id of its database, whose user it uses. */
  readonly id: string
  readonly projectId: string
  /** Undefined where it is unrestricted, which only an application can be. */
  readonly policyId: string | undefined
  readonly passthrough: Passthrough | undefined
  readonly name: string
  /** Undefined for an application. */
  readonly principalType: 'agent' | 'human' | undefined
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
  readonly policy: CredentialSnapshot['policy'] | undefined
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
    key: credential.id,
    id: credential.id,
    projectId: credential.project_id,
    policyId: policy.id,
    passthrough: undefined,
    name: credential.name,
    principalType: credential.principal_type,
    authMethod: credential.auth_method,
    status: credential.status,
    verifier: parseVerifier(credential.verifier),
    retiredKeys: credential.retired_keys.map(({ stored_key, until }) => ({ storedKey: Buffer.from(stored_key, 'base64'), untilMs: Date.parse(until) })),
    databaseId: credential.database_id ?? undefined,
    databases: snapshot.databases.map((database) => targetOf(database, passwords.get(database.id) as Secret)),
    allowedCidrs: project.allowed_cidrs,
    projectSlug: project.slug,
    projectDisabled: project.agents_disabled,
    policy,
    asOfSeq,
    expiresAtMs: credential.expires_at === null ? Infinity : Date.parse(credential.expires_at),
    stale: false,
  }
}

/** The key of an application in the cache. No id of a credential looks like it. */
export const passthroughKey = ({ project_slug, user, database }: PassthroughName): string => `${project_slug}\0${user}\0${database}`

/** @param keys of the stored password, for this user's salt and the usual count */
export function applicationOf(name: PassthroughName, snapshot: PassthroughSnapshot, asOfSeq: number, password: Secret, salt: Buffer, keys: ServerKeys): Credential {
  const { project, policy, policy_from: policyFrom, database } = snapshot
  return {
    key: passthroughKey(name),
    id: database.id,
    projectId: project.id,
    policyId: policy?.id,
    passthrough: { policyFrom: policyFrom ?? undefined, onControlLoss: project.on_control_loss },
    name: name.user,
    principalType: undefined,
    authMethod: 'scram-sha-256',
    status: snapshot.status,
    verifier: { salt, iterations: DEFAULT_ITERATIONS, storedKey: keys.storedKey, serverKey: keys.serverKey },
    retiredKeys: [],
    databaseId: database.id,
    databases: [targetOf(database, password)],
    allowedCidrs: project.allowed_cidrs,
    projectSlug: project.slug,
    projectDisabled: false, // the kill switch of a project is one for its credentials
    policy: policy ?? undefined,
    asOfSeq,
    expiresAtMs: Infinity,
    stale: false,
  }
}

function targetOf(database: CredentialSnapshot['databases'][number], password: Secret): DatabaseTarget {
  return {
    id: database.id,
    host: database.host,
    port: database.port,
    name: database.name,
    username: database.username,
    password,
    sslMode: database.ssl_mode,
    sslCa: database.ssl_ca ?? undefined,
    role: database.role,
    queryTimeoutMs: database.query_timeout_ms ?? 0,
  }
}

/** The database of this name that the credential may reach: its own one where it is narrowed, else the primary before a replica. */
export function databaseNamed(credential: Credential, name: string): DatabaseTarget | undefined {
  const candidates = credential.databases.filter(
    (database) => database.name === name && (credential.databaseId === undefined || database.id === credential.databaseId),
  )
  return candidates.find((database) => database.role === 'primary') ?? candidates[0]
}
