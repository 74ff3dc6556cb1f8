/** What a write to a table sets off in the database: triggers, rules, constraints, indexes, defaults. */

export interface CheckFact {
  /** Numbers of its columns; 0 stands for the whole row. */
  readonly columns: readonly number[]
  readonly validated: boolean
  /** It only says NOT NULL (and is listed where rows may not keep to it). */
  readonly isNotNull: boolean
}

/** A policy of the database's own row security, where that holds for the user. */
export interface RowPolicyFact {
  readonly name: string
  /** As pg_policy has it: r, a, w, d or *; empty where it does not hold for this user. */
  readonly command: string
  /** Numbers of the columns of its own table that it reads; 0 stands for the whole row. */
  readonly columns: readonly number[]
  /** Other relations that it reads, functions and operators of the database's own that it calls. */
  readonly reads: readonly number[]
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
  /** Those whose default is the same, or can be told, for each row: no fresh UUID or number. */
  readonly knownDefaults: readonly number[]
  /** Expressions that are evaluated when a row is written: defaults, checks, indexes. */
  readonly expressions: readonly string[]
  readonly policies: readonly RowPolicyFact[]
}

export const noWriteFacts: WriteFacts = Object.freeze({
  objects: [], code: [], checks: [], indexes: [], foreignKeys: [], referencedBy: [], defaults: [], knownDefaults: [], expressions: [], policies: [],
})

const FRESH = /\b(gen_random_uuid|uuidv4|uuidv7|uuid_generate_v[14](mc)?|nextval|random)\(/

type Row = readonly (string | null)[]
type Mutable = { -readonly [Field in keyof WriteFacts]: WriteFacts[Field] extends readonly (infer Item)[] ? Item[] : never }

/** From the answer to the catalog query `writing`. */
export function writeFactsOf(rows: readonly Row[]): ReadonlyMap<number, WriteFacts> {
  const facts = new Map<number, Mutable>()
  const of = (relation: number): Mutable => {
    let found = facts.get(relation)
    if (found === undefined) {
      found = { objects: [], code: [], checks: [], indexes: [], foreignKeys: [], referencedBy: [], defaults: [], knownDefaults: [], expressions: [], policies: [] }
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
        if (flags.startsWith('c')) own.checks.push({ columns, validated: flags[3] === 't', isNotNull: false })
        if (flags.startsWith('n') && flags[3] !== 't') own.checks.push({ columns, validated: false, isNotNull: true })
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
      case 'policy':
        // Its expressions are no business of the walker: they hold for reads as well.
        own.policies.push({ name: text ?? '', command: flags, columns: flags === '' ? [] : columns, reads: flags === '' ? [] : numbers(otherColumns) })
        break
      case 'default':
        own.defaults.push(...columns)
        if (flags !== 'computed' && text && !FRESH.test(text)) own.knownDefaults.push(...columns)
        break
      default:
        throw new Error(`the catalog tells of ${String(kind)}, which is not known`)
    }
  }
  for (const each of facts.values()) each.objects.sort((a, b) => a - b)
  return facts
}

const numbers = (text: string | null | undefined): number[] => (text ?? '').split(',').filter(Boolean).map(Number)
