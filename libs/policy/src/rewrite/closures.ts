/** What shows statistics of masked values, or the text of rewritten statements: closed wherever a policy masks or filters. */
import type { Catalog, RelationEntry } from '../catalog.js'
import { Refusal } from '../denial.js'
import { asText, lastAndSchema, literalText, nameParts } from '../names.js'
import type { Tree } from '../parser.js'
import { fieldNames } from './collect.js'
import type { Rewriting } from './rewrite.js'

const RELATIONS = new Map([
  ...['pg_stats', 'pg_stats_ext', 'pg_stats_ext_exprs', 'pg_statistic', 'pg_statistic_ext_data'].map((name) => [name, 'shows values of columns'] as const),
  ...['pg_prepared_statements', 'pg_cursors', 'pg_stat_statements', 'pg_backend_memory_contexts'].map((name) => [name, 'shows statements as they are sent to the database'] as const),
  ['pg_largeobject', 'holds data that no rule can be written for'] as const,
])

/** Closed besides where a masked column stands in the text of an index, a constraint or the bounds of partitions. */
const DEFINING_RELATIONS = new Set([
  'pg_constraint', 'pg_index', 'pg_indexes', 'pg_attrdef', 'pg_statistic_ext', 'check_constraints', 'pg_trigger', 'triggers', 'pg_policy', 'pg_policies', 'pg_rewrite', 'pg_rules',
])
const DEFINING_FUNCTIONS = new Set([
  'pg_get_constraintdef', 'pg_get_indexdef', 'pg_get_expr', 'pg_get_partition_constraintdef', 'pg_get_statisticsobjdef', 'pg_get_statisticsobjdef_expressions',
  'pg_get_triggerdef', 'pg_get_ruledef',
])
/** Columns of catalogs that stay open, whole rows of which hold them too. */
const DEFINING_COLUMN = 'relpartbound'

const FUNCTIONS = new Set([
  'current_query', 'pg_stat_get_activity', 'pg_stat_get_backend_activity', 'pg_prepared_statement', 'pg_cursor', 'pg_show_all_settings', 'pg_mcv_list_items',
  'pg_stat_statements', 'lo_get', 'lo_open', 'loread', 'show_all_settings', 'pg_get_backend_memory_contexts', 'pg_get_process_memory_contexts',
  // Extensions that measure the bytes of rows and of index entries: how long hidden values are.
  'pgstattuple', 'pgstattuple_approx', 'pgstatindex', 'pgstatginindex', 'pgstathashindex', 'pg_freespace',
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

export function checkClosures(statements: readonly Tree[], { resolved, protection, catalog }: Rewriting): void {
  const told = definitionsTell(protection, catalog)
  for (const candidates of resolved.values()) {
    for (const { name, builtin, schema } of candidates) {
      const why = closedReason({ name, builtin })
      if (why !== undefined) throw closed(`${schema}.${name}`, why)
      if (told && builtin && DEFINING_RELATIONS.has(name)) throw closed(`${schema}.${name}`, TELLS)
    }
  }
  visit(statements, told, told ? classNames(resolved) : NONE)
}

const NONE: ReadonlySet<string> = new Set()

/** What pg_class is called where it is named; under column names of the client's own nothing can be told apart. */
function classNames(resolved: Rewriting['resolved']): ReadonlySet<string> {
  const names = new Set<string>()
  for (const [range, candidates] of resolved) {
    if (!candidates.some(({ name, builtin }) => builtin && name === 'pg_class')) continue
    const alias = range['alias'] as Tree | undefined
    if (alias?.['colnames'] !== undefined) throw closed('pg_class with column names of its own', TELLS, 'Leave out the list of names.')
    names.add(alias === undefined ? 'pg_class' : asText(alias['aliasname']))
  }
  return names
}

const TELLS = 'shows definitions, and one of a masked column holds values'

function definitionsTell(protection: Rewriting['protection'], catalog: Catalog): boolean {
  for (const [oid, { masks }] of protection) {
    const columns = catalog.definitions.get(oid)
    if (columns !== undefined && masks.size > 0 && [...masks.values()].some((mask) => columns.includes(mask.column.number) || columns.includes(0))) return true
  }
  return false
}

function visit(tree: unknown, told: boolean, classes: ReadonlySet<string>): void {
  if (typeof tree !== 'object' || tree === null) return
  for (const [kind, value] of Object.entries(tree) as [string, unknown][]) {
    if (kind === 'FuncCall') checkCall(value as Tree, told)
    if (kind === 'ExplainStmt') checkExplain((value as Tree)['query'] as Tree)
    if (kind === 'VariableShowStmt') checkShow(asText((value as Tree)['name']))
    if (kind === 'ColumnRef' && classes.size > 0) checkClassColumn(value as Tree, classes)
    if (kind === 'CopyStmt' && classes.size > 0 && (value as Tree)['relation'] !== undefined) throw closed('COPY of pg_class', TELLS, 'Write COPY (SELECT …) TO STDOUT.')
    if (kind === 'A_Indirection' && classes.size > 0) throw closed('a field of a row here', TELLS, 'Name the columns plainly.')
    visit(value, told, classes)
  }
}

/** Not the column, and not the whole row that holds it. */
function checkClassColumn(column: Tree, classes: ReadonlySet<string>): void {
  const names = fieldNames((column['fields'] as readonly unknown[] | undefined) ?? [])
  const name = names.at(-1) ?? '*'
  if (name === '*' || name === DEFINING_COLUMN || (names.length === 1 && classes.has(name))) {
    throw closed('this part of pg_class', TELLS, 'List the columns that you need, without relpartbound.')
  }
}

function checkCall(call: Tree, told: boolean): void {
  const { name } = lastAndSchema(nameParts(call['funcname']))
  if (told && DEFINING_FUNCTIONS.has(name)) throw closed(`${name}()`, TELLS)
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
