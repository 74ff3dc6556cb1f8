/** The one way from an id in a path to a project: of the caller's own organizations, or there is no such project. */
import { Injectable } from '@nestjs/common'
import { isId } from '@pgbeam/kernel'
import type { Caller } from '../access/caller.js'
import type { Permission } from '../access/permission.js'
import type { Project } from '../generated/prisma/client.js'
import { Database } from '../platform/database/database.js'
import { LRUCache } from 'lru-cache'
import { NotFound } from '../platform/http/errors.js'

const OWNERS_MAX = 10_000

@Injectable()
export class ProjectAccess {
  /** The organization of each project that was asked for lately. */
  readonly #owners = new LRUCache<string, string>({ max: OWNERS_MAX })

  constructor(private readonly db: Database) {}

  /**
   * For changes that find out themselves, under a lock, whether the project is still there: whose it is never changes, and is
   * remembered.
   * @throws NotFound, Forbidden
   */
  async admit(caller: Caller, id: string, permission: Permission): Promise<void> {
    const known = this.#owners.get(id)
    if (known === undefined || !caller.opensProject(id)) {
      this.#owners.set(id, (await this.find(caller, id, permission)).organizationId)
      return
    }
    if (!caller.organizations.some((organization) => organization.id === known)) throw new NotFound('project')
    caller.mustHave(permission, known)
  }

  /** @throws NotFound, Forbidden */
  async find(caller: Caller, id: string, permission: Permission, { deleted = false } = {}): Promise<Project> {
    // A key that is held to other projects learns as little of this one as a stranger does.
    if (!isId('ProjectId', id) || !caller.opensProject(id)) throw new NotFound('project')
    const row = await this.db.client.project.findFirst({
      where: { id, organizationId: { in: caller.organizations.map((organization) => organization.id) }, ...(deleted ? {} : { status: { not: 'deleted' } }) },
    })
    if (!row) throw new NotFound('project')
    caller.mustHave(permission, row.organizationId)
    return row
  }
}
