/** Views are replaced by their definitions, rewritten as a client's own query would be; materialized ones hold data as it was. */
import type { RelationEntry } from '../catalog.js'
import { Refusal } from '../denial.js'
import { shown } from '../names.js'
import { checkClosures } from './closures.js'
import { parseStatements, type Tree } from '../parser.js'
import type { MaskingRule, Rewritten, RowFilter } from '../types.js'
import type { Rewriting } from './rewrite.js'
import { familyOf } from './protection.js'
import { maskedView } from './source.js'
import { quoteName } from './sql.js'

const DEPTH_MAX = 32

export class Views {
  readonly masked = new Set<MaskingRule>()
  readonly filtered = new Set<RowFilter>()

  constructor(
    private readonly rewriting: Rewriting,
    private readonly depth = 0,
  ) {}

  /** The query that stands in for a view. */
  source(view: RelationEntry, rewrite: (text: string, statements: readonly Tree[], rewriting: Rewriting, depth: number) => Rewritten | undefined): string {
    const name = shown(view.schema, view.name)
    if (this.depth >= DEPTH_MAX) throw new Refusal('masked_relation', `view ${name} is nested too deeply to be followed`, 'Query what the view is made of.')
    const { catalog, protection } = this.rewriting
    const text = (view.viewText ?? '').replace(/;\s*$/, '')
    const statements = parseStatements(text)
    const inner = rewrite(text, statements, { ...this.rewriting, targets: undefined, resolved: this.rewriting.resolve(statements) }, this.depth + 1)
    for (const rule of inner?.masked ?? []) this.masked.add(rule)
    for (const filter of inner?.filtered ?? []) this.filtered.add(filter)
    const query = `(${inner?.text ?? text})`
    const own = protection.get(view.oid)
    if (own === undefined) return query
    const columns = (catalog.attributes.get(view.oid) ?? []).map((column) => quoteName(column.name)).join(', ')
    return maskedView(catalog, view, own, `${query} AS ${quoteName(view.name)} (${columns})`)
  }

  /** What a materialized view holds was computed from the data as it is. */
  checkMaterialized(relation: RelationEntry): void {
    const { catalog, protection } = this.rewriting
    const seen = new Set<number>()
    const visit = (oid: number): boolean => {
      if (seen.has(oid)) return false
      seen.add(oid)
      if (oid !== relation.oid && [...familyOf(catalog, oid)].some((member) => protection.has(member))) return true
      const text = catalog.relationsByOid.get(oid)?.viewText
      if (text === undefined) return false
      const statements = parseStatements(text)
      return this.looksElsewhere(statements) || namesIn(statements).some(({ schema, name }) =>
        (catalog.relations.get(name) ?? []).some((each) => (schema === undefined || each.schema === schema) && visit(each.oid)))
    }
    if (!visit(relation.oid)) return
    throw new Refusal(
      'masked_relation', `${shown(relation.schema, relation.name)} is a materialized view over data that the policy protects`,
      'Query the tables that it is made of.',
    )
  }

  /** Whether a definition reads statistics, or calls functions that could read anything. */
  private looksElsewhere(statements: readonly Tree[]): boolean {
    try {
      checkClosures(statements, { ...this.rewriting, resolved: this.rewriting.resolve(statements) })
      return false
    } catch (error) {
      if (error instanceof Refusal) return true
      throw error
    }
  }
}

/** Every relation that is named anywhere in a tree, names of WITH queries among them. */
function namesIn(tree: unknown): { readonly schema: string | undefined; readonly name: string }[] {
  if (typeof tree !== 'object' || tree === null) return []
  return Object.entries(tree).flatMap(([kind, value]) => {
    if (kind !== 'RangeVar') return namesIn(value)
    const { schemaname, relname } = value as { schemaname?: string; relname?: string }
    return [{ schema: schemaname, name: relname ?? '' }]
  })
}
