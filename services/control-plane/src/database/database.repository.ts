import { randomBytes, timingSafeEqual } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { makeId } from '@pgbeam/kernel'
import { committed, unchanged, type Change } from '../enforcement/change.js'
import { appendSql } from '../enforcement/enforcement-log.js'
import type { Database as DatabaseRow } from '../generated/prisma/client.js'
import { Keyring } from '../platform/crypto/keyring.js'
import { Database, isDuplicate, type Transaction } from '../platform/database/database.js'
import { sharePolicy, shareProject } from '../platform/database/locks.js'
import { mustMatch } from '../platform/http/conditional.js'
import { NotFound, ResourceExists } from '../platform/http/errors.js'
import { afterPage, pageArgs, toPage, type Page, type PageRequest } from '../platform/http/paging.js'
import type { CreateDatabase, PatchDatabase } from './database.dto.js'
import { passwordContext } from './password-context.js'

@Injectable()
export class DatabaseRepository {
  constructor(
    private readonly db: Database,
    private readonly keyring: Keyring,
  ) {}

  /** Adds a database. Proxies that hold a snapshot of the project's credentials do not know it: `project.changed` makes them ask again. */
  create(projectId: string, request: CreateDatabase): Promise<DatabaseRow> {
    return this.#oneOfAName(async (tx) => {
      await shareProject(tx, projectId)
      const row = await this.insert(tx, projectId, request)
      await tx.$executeRaw`
        WITH event AS (${appendSql({ kind: 'project.changed', projectId })})
        UPDATE database SET version = event.seq, target_seq = event.seq FROM event WHERE id = ${row.id}`
      return row
    })
  }

  /** The row alone: the first database of a project that nobody has heard of needs no event. */
  async insert(tx: Transaction, projectId: string, request: CreateDatabase): Promise<DatabaseRow> {
    await this.#mayDefaultTo(tx, projectId, request.default_policy_profile_id)
    const id = makeId('DatabaseId', Date.now(), randomBytes(10))
    return tx.database.create({
      data: {
        id,
        projectId,
        host: request.host,
        port: request.port,
        name: request.name,
        username: request.username,
        ...this.#encrypted(id, request.password),
        sslMode: request.ssl_mode,
        sslCa: request.ssl_ca,
        role: request.role,
        queryTimeoutMs: request.query_timeout_ms,
        defaultPolicyProfileId: request.default_policy_profile_id,
      },
    })
  }

  async list(projectId: string, page: PageRequest): Promise<Page<DatabaseRow>> {
    return toPage(await this.db.client.database.findMany({ where: { projectId, deletedAt: null, ...afterPage(page) }, ...pageArgs(page) }), page)
  }

  find(projectId: string, id: string): Promise<DatabaseRow | null> {
    return this.db.client.database.findFirst({ where: { id, projectId, deletedAt: null } })
  }

  /** The database that a credential without one of its own is shown: the oldest primary, else the oldest. */
  async preferred(projectId: string, id: string | null): Promise<DatabaseRow | undefined> {
    const rows = await this.db.client.database.findMany({ where: { projectId, deletedAt: null, ...(id !== null && { id }) }, orderBy: { id: 'asc' } })
    return rows.find(({ role }) => role === 'primary') ?? rows[0]
  }

  passwordOf(row: DatabaseRow): string {
    return this.#decrypted(row)?.toString('utf8') ?? ''
  }

  async patch(projectId: string, id: string, request: PatchDatabase): Promise<Change<DatabaseRow>> {
    const { row, changed } = await this.#oneOfAName(async (tx) => {
      await shareProject(tx, projectId)
      const before = await this.#lock(tx, projectId, id)
      if (!before || before.deletedAt) throw new NotFound('database')
      mustMatch(before)
      await this.#mayDefaultTo(tx, projectId, request.default_policy_profile_id)
      const data = this.#changes(before, request)
      if (Object.keys(data).length === 0) return { row: before, changed: false }
      await tx.database.update({ where: { id }, data: { ...data, updatedAt: new Date() } })
      const { defaultPolicyProfileId: defaultPolicyId, ...target } = data
      const passthroughOnly = Object.keys(target).length === 0
      const event = { kind: 'database.changed', projectId, databaseId: id, ...(defaultPolicyId !== undefined && { defaultPolicyId }), ...(passthroughOnly && { passthroughOnly }) } as const
      await tx.$executeRaw`
        WITH event AS (${appendSql(event)})
        UPDATE database SET version = event.seq, target_seq = CASE WHEN ${passthroughOnly} THEN target_seq ELSE event.seq END FROM event WHERE id = ${id}`
      return { row: await tx.database.findUniqueOrThrow({ where: { id } }), changed: true }
    })
    return changed ? committed(row, row.version) : unchanged(row, row.version)
  }

  async delete(projectId: string, id: string): Promise<Change<undefined>> {
    const { seq, changed } = await this.db.transaction(async (tx) => {
      await shareProject(tx, projectId)
      const before = await this.#lock(tx, projectId, id)
      if (!before) throw new NotFound('database')
      if (before.deletedAt) return { seq: before.version, changed: false }
      mustMatch(before)
      const [row] = await tx.$queryRaw<{ version: bigint }[]>`
        WITH event AS (${appendSql({ kind: 'database.deleted', projectId, databaseId: id })})
        UPDATE database SET version = event.seq, deleted_at = now(), password_ciphertext = NULL, password_key_id = NULL
        FROM event WHERE id = ${id} RETURNING version`
      return { seq: row?.version, changed: true }
    })
    return changed ? committed(undefined, seq) : unchanged(undefined, seq)
  }

  /** The index `database_primary_name_key` decides: of racing calls, too, one succeeds. @throws ResourceExists */
  async #oneOfAName<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    try {
      return await this.db.transaction(work)
    } catch (error) {
      if (isDuplicate(error)) throw new ResourceExists('the project has a primary database of this name; choose another name, or the role replica')
      throw error
    }
  }

  /** @throws NotFound for a policy that the project does not have */
  async #mayDefaultTo(tx: Transaction, projectId: string, policy: string | null | undefined): Promise<void> {
    if (policy != null && !(await sharePolicy(tx, projectId, policy))) throw new NotFound('policy')
  }

  async #lock(tx: Transaction, projectId: string, id: string): Promise<DatabaseRow | null> {
    await tx.$queryRaw`SELECT FROM database WHERE id = ${id} FOR UPDATE`
    return tx.database.findFirst({ where: { id, projectId } })
  }

  /** Only what differs: a call that repeats what is stored must not end anybody's session. */
  #changes(before: DatabaseRow, request: PatchDatabase): Partial<DatabaseRow> {
    const asked: Partial<DatabaseRow> = {
      ...(request.host !== undefined && { host: request.host }),
      ...(request.port !== undefined && { port: request.port }),
      ...(request.name !== undefined && { name: request.name }),
      ...(request.username !== undefined && { username: request.username }),
      ...(request.ssl_mode !== undefined && { sslMode: request.ssl_mode }),
      ...(request.ssl_ca !== undefined && { sslCa: request.ssl_ca }),
      ...(request.role !== undefined && { role: request.role }),
      ...(request.query_timeout_ms !== undefined && { queryTimeoutMs: request.query_timeout_ms }),
      ...(request.default_policy_profile_id !== undefined && { defaultPolicyProfileId: request.default_policy_profile_id }),
    }
    const differing = Object.entries(asked).filter(([field, value]) => before[field as keyof DatabaseRow] !== value)
    const samePassword = request.password === undefined || sameBytes(this.#decrypted(before), Buffer.from(request.password))
    return { ...(Object.fromEntries(differing) as Partial<DatabaseRow>), ...(!samePassword && this.#encrypted(before.id, request.password ?? '')) }
  }

  #encrypted(id: string, password: string): { passwordCiphertext: Uint8Array<ArrayBuffer>; passwordKeyId: string } {
    const { keyId, ciphertext } = this.keyring.encrypt(Buffer.from(password), passwordContext(id))
    return { passwordCiphertext: ciphertext, passwordKeyId: keyId }
  }

  #decrypted({ id, passwordKeyId, passwordCiphertext }: DatabaseRow): Buffer | undefined {
    if (passwordKeyId === null || passwordCiphertext === null) return undefined
    return this.keyring.decrypt({ keyId: passwordKeyId, ciphertext: passwordCiphertext }, passwordContext(id))
  }
}

function sameBytes(a: Buffer | undefined, b: Buffer): boolean {
  return a?.length === b.length && timingSafeEqual(a, b)
}
