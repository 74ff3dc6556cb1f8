/** One table of remembered verdicts for each (policy version, catalog version, way of sending); the least used go first. */
import type { Catalog, CompiledPolicy } from '@pgbeam/policy';
import { VerdictTable } from './verdict-table.js';
export type Way = 'simple' | 'extended' | 'typed';
export type Slots = Partial<Record<Way, VerdictTable>>;
export declare class VerdictTables {
    private readonly tables;
    of(policy: CompiledPolicy, catalog: Catalog | undefined): Slots;
    static slot(slots: Slots, way: Way): VerdictTable;
}
