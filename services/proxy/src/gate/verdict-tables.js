import { LRUCache } from 'lru-cache';
import { VerdictTable } from './verdict-table.js';
const TABLES_MAX = 64;
const TABLE_BYTES_MAX = 2 << 20;
export class VerdictTables {
    tables = new LRUCache({ max: TABLES_MAX });
    of(policy, catalog) {
        const key = `${policy.id} ${policy.version} ${policy.statementTimeoutMsMax ?? ''} ${catalog?.version ?? ''}`;
        let slots = this.tables.get(key);
        if (!slots)
            this.tables.set(key, (slots = {}));
        return slots;
    }
    static slot(slots, way) {
        return (slots[way] ??= new VerdictTable(TABLE_BYTES_MAX));
    }
}
//# sourceMappingURL=verdict-tables.js.map