/** What a write to a table sets off in the database: triggers, rules, constraints, indexes, defaults. */

export interface CheckFact {
  /** Numbers of its columns; 0 stands for the whole row. */
  readonly columns: readonly number[]
  readonly validated: boolean
}

export interface IndexFact {
  /** Keys, included columns, and those of its expressions and its condition; 0 stands for the whole row. */
  readonly columns: readonly number[]
  /** Unique, or of an exclusion constraint. */
  readonly excludes: boolean
  /** Two NULLs are one too many. */
  readonly nullsEqual: boolean
  /** It has expressions or a condition. */
  readonly computes: boolean
}

/** As pg_constraint has them: no action, restrict, cascade, set null, set default. */
export type ForeignKeyAction = 'a' | 'r' | 'c' | 'n' | 'd'

export interface ForeignKeyFact {
  readonly relation: number
  readonly columns: readonly number[]
  readonly referenced: number
  readonly referencedColumns: readonly number[]
  readonly onDelete: ForeignKeyAction
  readonly onUpdate: ForeignKeyAction
}

export interface WriteFacts {
  /** Oids of all that is listed here, in order: what a running statement compares with what it finds. */
  readonly objects: readonly number[]
  /** Names of the user's triggers and rules. */
  readonly code: readonly string[]
  readonly checks: readonly CheckFact[]
  readonly indexes: readonly IndexFact[]
  readonly foreignKeys: readonly ForeignKeyFact[]
  /** Foreign keys of others, or its own, that lead here. */
  readonly referencedBy: readonly ForeignKeyFact[]
  /** Numbers of columns with a default that may be other than NULL. */
  readonly defaults: readonly number[]
  /** Expressions that are evaluated when a row is written: defaults, checks, indexes. */
  readonly expressions: readonly string[]
}

export const noWriteFacts: WriteFacts = Object.freeze({
  objects: [], code: [], checks: [], indexes: [], foreignKeys: [], referencedBy: [], defaults: [], expressions: [],
})

type Row = readonly (string | null)[]
type Mutable = { -readonly [Field in keyof WriteFacts]: WriteFacts[Field] extends readonly (infer Item)[] ? Item[] : never }

/** From the answer to the catalog query `writing`. */
export function writeFactsOf(rows: readonly Row[]): ReadonlyMap<number, WriteFacts> {
  const facts = new Map<number, Mutable>()
  const of = (relation: number): Mutable => {
    let found = facts.get(relation)
    if (found === undefined) {
      found = { objects: [], code: [], checks: [], indexes: [], foreignKeys: [], referencedBy: [], defaults: [], expressions: [] }
      facts.set(relation, found)
    }
    return found
  }
  for (const [kind, relationText, object, columnsText, other, otherColumns, flagsText, text] of rows) {
    const relation = Number(relationText)
    const own = of(relation)
    const columns = numbers(columnsText)
    const flags = flagsText ?? ''
    if (Number(object) > 0) own.objects.push(Number(object))
    if (text && (kind === 'constraint' || kind === 'index' || kind === 'default')) own.expressions.push(text)
    switch (kind) {
      case 'trigger':
        if (flags === 'user') own.code.push(`trigger ${text}`)
        break
      case 'rule':
        own.code.push(`rule ${text}`)
        break
      case 'constraint': {
        if (flags.startsWith('c')) own.checks.push({ columns, validated: flags[3] === 't' })
        if (!flags.startsWith('f')) break
        const key: ForeignKeyFact = {
          relation, columns, referenced: Number(other), referencedColumns: numbers(otherColumns),
          onDelete: flags[1] as ForeignKeyAction, onUpdate: flags[2] as ForeignKeyAction,
        }
        own.foreignKeys.push(key)
        of(key.referenced).referencedBy.push(key)
        break
      }
      case 'index':
        own.indexes.push({ columns: [...new Set(columns)], excludes: flags.includes('u'), nullsEqual: flags.includes('n'), computes: flags.includes('e') })
        break
      case 'default':
        own.defaults.push(...columns)
        break
      default:
        throw new Error(`the catalog tells of ${String(kind)}, which is not known`)
    }
  }
  for (const each of facts.values()) each.objects.sort((a, b) => a - b)
  return facts
}

const numbers = (text: string | null | undefined): number[] => (text ?? '').split(',').filter(Boolean).map(Number)
