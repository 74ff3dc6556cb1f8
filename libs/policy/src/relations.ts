/** Relations: tables hold data, views and foreign tables hold code, and a few catalogs hold secrets. */
import type { Catalog, RelationEntry } from './catalog.js'
import { Refusal } from './denial.js'
import { asText, shown } from './names.js'
import { holdsSecrets } from './secrets.js'
import { hintOf, listRefusal } from './table-lists.js'
import type { Tree } from './parser.js'
import { addItem } from './hidden-code.js'
import { noteType } from './type-names.js'
import type { WalkState } from './walk-state.js'

const VIEW_DEPTH_MAX = 32

/** Checks a relation that a query names, unless the name is that of a WITH query in scope. */
export function checkRelation(walk: WalkState, range: Tree): void {
  const name = asText(range['relname'])
  const schema = range['schemaname'] === undefined ? undefined : asText(range['schemaname'])
  const alias = range['alias'] as Tree | undefined
  const called = typeof alias?.['aliasname'] === 'string' ? alias['aliasname'] : name
  if (schema === undefined && walk.withNames.includes(name)) return addItem(walk, called, { kind: 'record' })
  const candidates = candidatesFor(walk, schema, name)
  walk.references.set(range, candidates)
  addItem(walk, called, { kind: 'table', relations: candidates.map((candidate) => candidate.oid), renamed: alias?.['colnames'] !== undefined })
  judgeAll(walk, candidates, schema, name, range['inh'] !== true, false)
}

/** Checks what a statement writes to: never a WITH query, and no catalog. */
export function checkTarget(walk: WalkState, range: Tree): void {
  const name = asText(range['relname'])
  const schema = range['schemaname'] === undefined ? undefined : asText(range['schemaname'])
  const alias = (range['alias'] as Tree | undefined)?.['aliasname']
  const candidates = candidatesFor(walk, schema, name)
  walk.written.push(...candidates)
  walk.targets.set(range, candidates)
  addItem(walk, typeof alias === 'string' ? alias : name, { kind: 'table', relations: candidates.map((candidate) => candidate.oid), renamed: false })
  judgeAll(walk, candidates, schema, name, range['inh'] !== true, true)
}

function candidatesFor(walk: WalkState, schema: string | undefined, name: string): readonly RelationEntry[] {
  const all = walk.catalog.relations.get(name) ?? []
  const candidates = schema === undefined ? all : all.filter((candidate) => candidate.schema === schema)
  // Without rules about tables only the code behind a name counts, and what the session's own transaction made has passed the gate.
  // Under masks and filters it can have made nothing, and a name that is not known could be a protected table's by the time it is read.
  const { maskingRules, rowFilters } = walk.policy
  const own = walk.catalogIsFresh && walk.policy.writes && walk.policy.tables === undefined && maskingRules.length === 0 && rowFilters.length === 0
  if (candidates.length === 0 && !own) {
    const { tables } = walk.policy
    throw new Refusal(
      'unresolved_name', `relation ${shown(schema, name)} is not known in this database`,
      `Check the spelling and the schema; ${tables?.allow === undefined ? '\\d or pg_class lists what there is.' : hintOf(tables)}`,
    )
  }
  return candidates
}

function judgeAll(walk: WalkState, candidates: readonly RelationEntry[], schema: string | undefined, name: string, only: boolean, written: boolean): void {
  for (const candidate of candidates) {
    const refusal = relationRefusal(walk, candidate, only, written) ?? (written && viewReadsSecrets(walk.catalog, candidate) ? writtenSecret(candidate) : undefined)
    if (refusal === undefined) {
      noteType(walk, candidate.rowType)
      walk.readsSecrets ||= holdsSecrets(candidate) || viewReadsSecrets(walk.catalog, candidate)
      continue
    }
    if (schema === undefined && candidates.length > 1) {
      throw new Refusal(refusal.rule, `${name} could mean ${shown(candidate.schema, candidate.name)}: ${refusal.message}`, `Write the name with its schema. ${refusal.hint}`)
    }
    throw refusal
  }
}

// Password verifiers, and what the server's configuration files say.
const CLOSED = new Map([
  ['pg_authid', 'holds password verifiers; pg_roles shows the same without them'],
  ['pg_shadow', 'holds password verifiers; pg_roles and pg_user show the same without them'],
  ['pg_user_mapping', 'holds passwords of foreign servers'],
  ['user_mapping_options', 'holds passwords of foreign servers'],
  ['_pg_user_mappings', 'holds passwords of foreign servers'],
  ['pg_hba_file_rules', "shows the server's files"],
  ['pg_ident_file_mappings', "shows the server's files"],
  ['pg_file_settings', "shows the server's files"],
])

/** Views that read what holds secrets: their definitions are rewritten, as statements are. */
const secretViews = new WeakMap<Catalog, Set<number>>()

export const viewReadsSecrets = (catalog: Catalog, { oid }: RelationEntry): boolean => secretViews.get(catalog)?.has(oid) === true

function writtenSecret(view: RelationEntry): Refusal {
  return new Refusal('closed_catalog', `${shown(view.schema, view.name)} shows catalogs of the server that hold secrets, and writing to it is closed to this credential`, 'Change tables of your own only.')
}

const verdicts = new WeakMap<Catalog, Map<number, Refusal | undefined>>()

function relationRefusal(walk: WalkState, relation: RelationEntry, only: boolean, written: boolean): Refusal | undefined {
  const { tables } = walk.policy
  const listed = tables === undefined ? undefined : listRefusal(walk.catalog, tables, relation, only)
  if (listed !== undefined) return listed
  if (relation.builtin && written) {
    return new Refusal('closed_catalog', `${relation.name} belongs to the server, and writing to it is closed to this credential`, 'Change tables of your own only.')
  }
  if (relation.builtin) {
    const why = CLOSED.get(relation.name)
    return why === undefined ? undefined : new Refusal('closed_catalog', `${relation.name} is closed to this credential: it ${why}`, 'Leave it out of the query.')
  }
  if (relation.kind !== 'v') return foreignRefusal(walk.catalog, relation)
  const known = verdicts.get(walk.catalog) ?? new Map<number, Refusal | undefined>()
  verdicts.set(walk.catalog, known)
  if (known.has(relation.oid)) return known.get(relation.oid)
  const refusal = viewRefusal(walk, relation)
  known.set(relation.oid, refusal)
  return refusal
}

function foreignRefusal(catalog: Catalog, relation: RelationEntry): Refusal | undefined {
  if (relation.kind === 'f') {
    // A file is read as it is; another server is asked to run a query, and what that does there nobody here can see.
    if (relation.wrapper === 'file_fdw' && !relation.wrapperOptions.includes('program')) return undefined
    return new Refusal(
      'foreign_table', `${shown(relation.schema, relation.name)} is a foreign table, and reading it runs code outside this database`,
      'Ask for a materialized view over it.',
    )
  }
  for (const child of catalog.children.get(relation.oid) ?? []) {
    const entry = catalog.relationsByOid.get(child)
    const refusal = entry === undefined ? undefined : foreignRefusal(catalog, entry)
    if (refusal !== undefined) return refusal
  }
  return undefined
}

/** A view is judged by its definition, with the same rules as a query that the client writes. */
function viewRefusal(walk: WalkState, view: RelationEntry): Refusal | undefined {
  const name = shown(view.schema, view.name)
  if (walk.depth >= VIEW_DEPTH_MAX) return new Refusal('read_only', `view ${name} is nested too deeply to be checked`, 'Query what the view is made of.')
  try {
    if (walk.checkStored(view.viewText ?? '')) secretViews.set(walk.catalog, (secretViews.get(walk.catalog) ?? new Set()).add(view.oid))
    return undefined
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return new Refusal(error.rule === 'parse_error' ? 'read_only' : error.rule, `view ${name} may not be read: ${error.message}`, 'Query what the view is made of.')
  }
}
