/** The policies whose cost is measured, and what each is for. */

const READS = { allow: ['select', 'set', 'show', 'transaction', 'explain', 'copy'], deny: [] }
const AMPLE = 1_000_000_000

/** An application's session without a policy, which outlasts the loss of the control plane: no gate, and no lease. */
export const OPEN = 'no policy, no lease'
/** The same once more: how far two that are alike are apart. */
export const OPEN_AGAIN = 'no policy, no lease, once more'
/** The gate is switched off, and all else is as in a credential's session: each message asks the lease. */
export const LEASED = 'no policy, under the lease'
/** Only texts with the words of a floor are parsed. */
export const FLOORS = 'read_write without rules'
/** Every statement is judged; nothing of what passes is changed. */
export const GATE = 'read_only with statement_rules'

export const POLICIES = {
  [FLOORS]: { access_mode: 'read_write' },
  [GATE]: { access_mode: 'read_only', statement_rules: READS },
  'table_allowlist': { access_mode: 'read_only', statement_rules: READS, table_allowlist: ['item'] },
  'masking_rules': { access_mode: 'read_only', statement_rules: READS, masking_rules: [{ table: 'item', column: 'label', kind: 'redact' }] },
  'row_filters': { access_mode: 'read_only', statement_rules: READS, row_filters: [{ table: 'item', predicate: 'id > 0' }] },
  'max_rows': { access_mode: 'read_only', statement_rules: READS, max_rows: 1000 },
  'budgets': { access_mode: 'read_only', statement_rules: READS, budget_queries_per_hour: AMPLE, budget_queries_per_day: AMPLE, egress_bytes_per_day: AMPLE * 1000 },
  'max_affected_rows': { access_mode: 'read_write', max_affected_rows: 100 },
}

/** Compared with one that writes, too; it changes nothing for reads. */
export const WRITES = 'max_affected_rows'
