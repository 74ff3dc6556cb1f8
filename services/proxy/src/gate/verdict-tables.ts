/** One table of remembered verdicts for each (policy version, catalog version, way of sending); the least used go first. */
import type { Catalog, CompiledPolicy } from '@pgbeam/policy'
import { LRUCache } from 'lru-cache'
import { VerdictTable } from './verdict-table.js'

export type Way = 'simple' | 'extended' | 'typed'
const TABLES_MAX = 64
const TABLE_BYTES_MAX = 2 << 20

export type Slots = Partial<Record<Way, VerdictTable>>

export class VerdictTables {
  private readonly tables = new LRUCache<string, Slots>({ max: TABLES_MAX })

  of(policy: CompiledPolicy, catalog: Catalog | undefined): Slots {
    // The floors are the same for every policy and every database.
    const key = !policy.checked ? 'floors' : `${policy.id} ${policy.version} ${policy.statementTimeoutMsMax ?? ''} ${catalog?.version ?? ''}`
    let slots = this.tables.get(key)
    if (!slots) this.tables.set(key, (slots = {}))
    return slots
  }

  static slot(slots: Slots, way: Way): VerdictTable {
    return (slots[way] ??= new VerdictTable(TABLE_BYTES_MAX))
  }
}
