/** What a proxy is told of its own canary: a credential like any other, that nobody can prove to be and that reaches no database. */
import { randomBytes } from 'node:crypto'
import { canaryPolicyId, canaryProjectId, noRules, type CredentialSnapshot } from '@pgbeam/contracts'
import { parseId, pgUserOf } from '@pgbeam/kernel'
import type { Canary } from '../generated/prisma/client.js'
import type { ClusterKeys } from '../platform/crypto/cluster-keys.js'

const ITERATIONS = 4096
const KEY_BYTES = 32

export function canarySnapshot({ credentialId, status }: Pick<Canary, 'credentialId' | 'status'>, keys: ClusterKeys): CredentialSnapshot {
  const id = parseId('CredentialId', credentialId)
  const random = (): string => randomBytes(KEY_BYTES).toString('base64')
  return {
    credential: {
      id,
      project_id: canaryProjectId,
      name: 'canary',
      principal_type: 'agent',
      auth_method: 'scram-sha-256',
      status: status as 'active' | 'killed',
      // Keys that were made from no password. The salt is the user's own, so that a stranger sees what an unknown name shows.
      verifier: `SCRAM-SHA-256$${ITERATIONS}:${Buffer.from(keys.saltOf(pgUserOf(id))).toString('base64')}$${random()}:${random()}`,
      retired_keys: [],
      expires_at: null,
      database_id: null,
    },
    policy: { id: canaryPolicyId, version: 0, access_mode: 'read_only', ...noRules },
    project: { id: canaryProjectId, slug: 'canary', allowed_cidrs: [], agents_disabled: false },
    databases: [],
  }
}
