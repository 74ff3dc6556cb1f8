/** Which verdicts a session may share: those under the same policy version, by the same catalog, of statements sent the same way. */
import type { Catalog, CompiledPolicy } from '@pgbeam/policy'
import { LRUCache } from 'lru-cache'
import { VerdictCache } from './verdict-cache.js'

export type Way = 'simple' | 'extended' | 'typed'

/** One table of the cache for each way of sending. */
export type Tables = Readonly<Record<Way, number>>

/** Whoever is forgotten here gets other tables: what the old ones held is found no more, and makes room in time. */
const TABLES_MAX = 1024

export class VerdictTables {
  readonly cache: VerdictCache
  private readonly tables = new LRUCache<string, Tables>({ max: TABLES_MAX })
  private next = 0

  constructor(bytesMax: number) {
    this.cache = new VerdictCache(bytesMax)
  }

  of(policy: CompiledPolicy, catalog: Catalog | undefined): Tables {
    // The floors are the same for every policy and every database.
    const key = !policy.checked ? 'floors' : `${policy.id} ${policy.version} ${policy.statementTimeoutMsMax ?? ''} ${catalog?.version ?? ''}`
    let tables = this.tables.get(key)
    if (tables === undefined) this.tables.set(key, (tables = { simple: this.next++, extended: this.next++, typed: this.next++ }))
    return tables
  }
}
