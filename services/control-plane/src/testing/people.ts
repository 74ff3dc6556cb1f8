/** People for specs: made as the first start makes its owner, with a personal key each. */
import { randomBytes } from 'node:crypto'
import { makeId } from '@pgbeam/kernel'
import { KeyIssuer, unrestricted } from '../api-key/issue-key.js'
import { AccessChanges } from '../access/access-changes.js'
import { nobody } from '../access/access-log.js'
import type { Permission, Role } from '../access/permission.js'
import { Database } from '../platform/database/database.js'
import type { Api } from './api.js'
import type { TestCluster } from './environment.js'

export interface Person {
  readonly id: string
  readonly email: string
  readonly key: string
  /** With their personal key. */
  readonly api: Api
}

/** @param roles by organization; none for somebody who belongs nowhere */
export async function makePerson(cluster: TestCluster, roles: Readonly<Record<string, Role>> = {}, scopes: readonly Permission[] = []): Promise<Person> {
  const app = cluster.replicas[0]?.app
  const issuer = app?.get(KeyIssuer, { strict: false }) as KeyIssuer
  const id = makeId('UserId', Date.now(), randomBytes(10))
  const email = `${id}@people.test`
  const key = await (app?.get(Database) as Database).transaction(async (tx) => {
    await tx.userAccount.create({ data: { id, name: `Person ${id.slice(-4)}`, email } })
    for (const [organizationId, role] of Object.entries(roles)) await tx.membership.create({ data: { organizationId, userId: id, role } })
    return (await issuer.issue(tx, { kind: 'personal', userId: id }, { ...unrestricted, name: 'theirs', scopes })).key.reveal()
  })
  return { id, email, key, api: cluster.api(0, key) }
}

/** Changes a role without asking whether that may be, with its place in the access log, which replicas follow. */
export async function setRole(cluster: TestCluster, userId: string, organizationId: string, role: Role): Promise<void> {
  const changes = cluster.replicas[0]?.app.get(AccessChanges) as AccessChanges
  await changes.commit(async (tx) => {
    await tx.membership.updateMany({ where: { userId, organizationId }, data: { role } })
    return { value: undefined, changes: [{ kind: 'member.role_changed', subjectId: userId, organizationId, actor: nobody }] }
  })
}
