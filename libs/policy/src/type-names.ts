/** Type names, in casts, column definitions and wherever else they stand: a domain's checks are code that a cast runs. */
import { Refusal } from './denial.js'
import { lastAndSchema, nameParts, shown } from './names.js'
import type { Tree } from './parser.js'
import type { Catalog, TypeEntry } from './catalog.js'
import type { WalkState } from './walk-state.js'

export function checkType(walk: WalkState, type: Tree): void {
  const parts = nameParts(type['names'])
  const { name, schema } = lastAndSchema(parts)
  if (type['pct_type'] === true || parts.length > 3) throw unresolved(schema, name)
  checkTypeByName(walk, schema, name)
}

export function typeCandidates(walk: WalkState, schema: string | undefined, name: string): readonly TypeEntry[] {
  const all = walk.catalog.types.get(name) ?? []
  return schema === undefined ? all : all.filter((candidate) => candidate.schema === schema)
}

/** Refuses a type that hides code, and notes the others for the checks at the end. */
export function checkTypeByName(walk: WalkState, schema: string | undefined, name: string): void {
  walk.castTargets.add(name)
  const candidates = typeCandidates(walk, schema, name)
  if (candidates.length === 0) {
    if (schema === 'pg_catalog' || !isLoaded(walk.catalog)) return // only the server's own live there; no such type is its error to tell
    throw unresolved(schema, name)
  }
  for (const candidate of candidates) {
    if (candidate.builtin) continue
    const risky = riskyDomain(walk, candidate.oid)
    if (risky !== undefined) {
      throw new Refusal(
        'side_effect_function', `type ${shown(schema, name)} may not be used here: the checks of domain ${risky} call functions that may not run`,
        'Cast to the type that the domain is made of.',
      )
    }
    noteType(walk, candidate.oid)
  }
}

function isLoaded(catalog: Catalog): boolean {
  return catalog.serverMajor > 0
}

/** Adds a type and all that it is made of to what the statement brings in. */
export function noteType(walk: WalkState, oid: number): void {
  for (const inner of madeOf(walk.catalog, oid)) walk.types.add(inner)
}

function madeOf(catalog: Catalog, oid: number, into = new Set<number>()): Set<number> {
  const type = catalog.typesByOid.get(oid)
  if (type === undefined || type.builtin || into.has(oid)) return into
  into.add(oid)
  if (type.inner > 0) madeOf(catalog, type.inner, into)
  if (type.relation > 0) for (const column of catalog.columnTypes.get(type.relation) ?? []) madeOf(catalog, column, into)
  return into
}

const domainVerdicts = new WeakMap<Catalog, Map<number, boolean>>()

/** The name of a domain in this type whose checks may not run; undefined when there is none. */
export function riskyDomain(walk: WalkState, oid: number): string | undefined {
  for (const inner of madeOf(walk.catalog, oid)) {
    const type = walk.catalog.typesByOid.get(inner)
    if (type?.checks !== undefined && !checksAreHarmless(walk, type)) return shown(type.schema, type.name)
  }
  return undefined
}

function checksAreHarmless(walk: WalkState, type: TypeEntry): boolean {
  const verdicts = domainVerdicts.get(walk.catalog) ?? new Map<number, boolean>()
  domainVerdicts.set(walk.catalog, verdicts)
  const known = verdicts.get(type.oid)
  if (known !== undefined) return known
  verdicts.set(type.oid, false) // a check that casts to its own domain would come back here
  try {
    walk.checkStored(`SELECT ${type.checks}`)
    verdicts.set(type.oid, true)
    return true
  } catch (error) {
    if (error instanceof Refusal) return false
    throw error
  }
}

const SAMPLING = new Set(['system', 'bernoulli', 'system_rows', 'system_time'])

/** TABLESAMPLE calls a method by name. */
export function checkSampling(_walk: WalkState, sample: Tree): void {
  const { name } = lastAndSchema(nameParts(sample['method']))
  if (!SAMPLING.has(name)) throw new Refusal('unresolved_name', `sampling method ${name} is not known`, 'Use SYSTEM or BERNOULLI.')
}

function unresolved(schema: string | undefined, name: string): Refusal {
  return new Refusal('unresolved_name', `type ${shown(schema, name)} is not known in this database`, 'Check the spelling and the schema.')
}
