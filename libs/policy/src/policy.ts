/** From the policy as published to the form that `decide` reads. */
import { statementKinds, type StatementKind } from './statement-kinds.js'
import { tableLists } from './table-lists.js'
import type { CompiledPolicy, Policy } from './types.js'

export function compilePolicy(policy: Policy): CompiledPolicy {
  const { allow, deny } = policy.statementRules ?? {}
  const tables = tableLists(policy.tableAllowlist ?? undefined, policy.tableDenylist ?? [])
  const writes = policy.accessMode === 'read_write'
  const narrowed = allow !== undefined && allow !== null
  const denied = kindsOf(deny ?? [])
  const { maskingRules = [], rowFilters = [] } = policy
  const maxRows = policy.maxRows ?? undefined
  const maxAffectedRows = policy.maxAffectedRows ?? undefined
  return Object.freeze({
    id: policy.id,
    version: policy.version,
    accessMode: policy.accessMode,
    writes,
    checked: !writes || narrowed || denied.size > 0 || tables !== undefined || maskingRules.length > 0 || rowFilters.length > 0 || maxRows !== undefined || maxAffectedRows !== undefined,
    allow: narrowed ? kindsOf(allow) : undefined,
    deny: denied,
    tables,
    statementTimeoutMsMax: policy.statementTimeoutMsMax ?? undefined,
    maskingRules,
    rowFilters,
    maxRows,
    maxAffectedRows,
  })
}

/** A word that is no kind would be a rule without effect. */
function kindsOf(kinds: readonly StatementKind[]): ReadonlySet<StatementKind> {
  for (const kind of kinds) if (!statementKinds.includes(kind)) throw new RangeError(`${String(kind)} is no kind of statement`)
  return new Set(kinds)
}

/** What a view or a domain's check is judged by: the same for every policy, so that it is judged once. */
export const storedPolicy: CompiledPolicy = compilePolicy({ id: 'stored', version: 0, accessMode: 'read_only' })
