/** What shows statistics of masked values, or the text of rewritten statements: closed wherever a policy masks or filters. */
import type { RelationEntry } from '../catalog.js'
import { Refusal } from '../denial.js'
import { asText, lastAndSchema, literalText, nameParts } from '../names.js'
import type { Tree } from '../parser.js'
import type { Rewriting } from './rewrite.js'

const RELATIONS = new Map([
  ...['pg_stats', 'pg_stats_ext', 'pg_stats_ext_exprs', 'pg_statistic', 'pg_statistic_ext_data'].map((name) => [name, 'shows values of columns'] as const),
  ...['pg_prepared_statements', 'pg_cursors', 'pg_stat_statements', 'pg_backend_memory_contexts'].map((name) => [name, 'shows statements as they are sent to the database'] as const),
  ['pg_largeobject', 'holds data that no rule can be written for'] as const,
])

const FUNCTIONS = new Set([
  'current_query', 'pg_stat_get_activity', 'pg_stat_get_backend_activity', 'pg_prepared_statement', 'pg_cursor', 'pg_show_all_settings', 'pg_mcv_list_items',
  'pg_stat_statements', 'lo_get', 'lo_open', 'loread', 'show_all_settings', 'pg_get_backend_memory_contexts', 'pg_get_process_memory_contexts',
  // PostGIS: they look into a table, or into its statistics, by its name.
  'st_estimatedextent', 'st_estimated_extent', 'geometry_estimated_extent', 'st_findextent', 'st_find_extent', 'find_extent', '_postgis_stats', '_postgis_selectivity',
  '_postgis_join_selectivity', '_postgis_index_extent',
])

/** Settings that hold the key of hashed masks. */
const SECRET_SETTINGS = /^pgbeam\./i

/** Why a relation may not be read; undefined where it may. */
function closedReason({ name, builtin }: Pick<RelationEntry, 'name' | 'builtin'>): string | undefined {
  return builtin || name === 'pg_stat_statements' ? RELATIONS.get(name) : undefined
}

export function checkClosures(statements: readonly Tree[], { resolved }: Rewriting): void {
  for (const candidates of resolved.values()) {
    for (const { name, builtin, schema } of candidates) {
      const why = closedReason({ name, builtin })
      if (why !== undefined) throw closed(`${schema}.${name}`, why)
    }
  }
  visit(statements)
}

function visit(tree: unknown): void {
  if (typeof tree !== 'object' || tree === null) return
  for (const [kind, value] of Object.entries(tree)) {
    if (kind === 'FuncCall') checkCall(value as Tree)
    if (kind === 'ExplainStmt') checkExplain((value as Tree)['query'] as Tree)
    if (kind === 'VariableShowStmt') checkShow(asText((value as Tree)['name']))
    visit(value)
  }
}

function checkCall(call: Tree): void {
  const { name } = lastAndSchema(nameParts(call['funcname']))
  if (FUNCTIONS.has(name)) throw closed(`${name}()`, 'shows what this credential may not see')
  if (name !== 'current_setting') return
  const setting = literalText((call['args'] as readonly unknown[] | undefined)?.[0])
  if (setting === undefined || SECRET_SETTINGS.test(setting)) throw closed('current_setting() of this argument', 'could show what this credential may not see', 'Name the setting as a plain literal.')
}

/** What was prepared was rewritten then: its plan shows how, and counts what it does not show. */
function checkExplain(query: Tree): void {
  if (!('ExecuteStmt' in query)) return
  throw new Refusal('masked_relation', 'EXPLAIN of prepared statements is not available to this credential, whose policy masks columns or filters rows', 'Run the statement itself.')
}

function checkShow(name: string): void {
  if (name.toLowerCase() === 'all' || SECRET_SETTINGS.test(name)) throw closed(`SHOW ${name}`, 'shows what this credential may not see', 'SHOW a setting by its name.')
}

function closed(what: string, why: string, hint = 'Leave it out of the query.'): Refusal {
  return new Refusal('closed_catalog', `${what} is closed to this credential, whose policy masks columns or filters rows: it ${why}`, hint)
}
