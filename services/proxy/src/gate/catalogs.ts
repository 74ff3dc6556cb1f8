/**
 * What the gate knows of each database: one snapshot, shared by its sessions, read over a connection of the proxy's own
 * before the first restricted session is let in, again every 30 s while there are any, and after DDL that passed through.
 */
import { buildCatalog, catalogQueries } from '@pgbeam/policy'
import type { Connector } from '../connect/connector.js'
import { QueryClient } from '../connect/query-client.js'
import type { DatabaseTarget } from '../credentials/credential.js'
import { WatchedCatalog, type CatalogView } from './watched-catalog.js'

const REFRESH_MS = 30_000
const LOAD_TIMEOUT_MS = 10_000
/** Longer than any one of its queries may take by their `statement_timeout`. */
const READ_TIMEOUT_MS = 30_000

/** Pinned for our own reading: the queries name every schema, and no setting of the role's may bend them. */
const SETTINGS = {
  application_name: 'pgbeam catalog', client_encoding: 'UTF8', default_transaction_read_only: 'on', statement_timeout: '10000',
  search_path: '', // so that the definitions of views name every schema
}

export class Catalogs {
  private readonly watched = new Map<string, WatchedCatalog>()

  constructor(
    private readonly connector: Connector,
    private readonly onError: (databaseId: string, error: unknown) => void,
  ) {}

  /** Loads the catalog where it is not known yet, and keeps it fresh until `release`. */
  async acquire(target: DatabaseTarget): Promise<{ view: CatalogView; release: () => void }> {
    const key = keyOf(target)
    let entry = this.watched.get(key)
    if (!entry) this.watched.set(key, (entry = new WatchedCatalog()))
    const watched = entry
    watched.load = () => this.load(watched, target)
    watched.users++
    const release = () => {
      watched.users-- // it is kept until the next refresh is due: clients that come and go would else read it each time
    }
    try {
      await (watched.loading ??= this.load(watched, target).then(() => {
        this.schedule(key, watched, target)
      }))
    } catch (error) {
      watched.loading = undefined
      release()
      if (watched.users === 0) this.watched.delete(key)
      throw error
    }
    return { view: watched, release }
  }

  /** Somebody changed the database through this proxy, with whatever user. */
  changed(databaseId: string): void {
    for (const [key, watched] of this.watched) if (key.startsWith(`${databaseId}\n`)) watched.changed()
  }

  private schedule(key: string, watched: WatchedCatalog, target: DatabaseTarget): void {
    watched.timer = setTimeout(() => {
      if (watched.users === 0) {
        this.watched.delete(key)
        return
      }
      this.load(watched, target)
        .catch((error: unknown) => {
          this.onError(target.id, error)
        })
        .finally(() => {
          this.schedule(key, watched, target)
        })
    }, REFRESH_MS)
    watched.timer.unref()
  }

  private async load(watched: WatchedCatalog, target: DatabaseTarget): Promise<void> {
    const client = new QueryClient(await this.connector.connect(target, SETTINGS, LOAD_TIMEOUT_MS), READ_TIMEOUT_MS)
    try {
      const results: Record<string, readonly (readonly (string | null)[])[]> = {}
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
      for (const { name, sql } of catalogQueries) results[name] = await client.query(sql)
      watched.loaded(buildCatalog(results))
    } finally {
      client.close()
    }
  }
}

/** Sessions of the same user on the same database share a snapshot. */
function keyOf(target: DatabaseTarget): string {
  return [target.id, target.host, target.port, target.name, target.username].join('\n')
}
