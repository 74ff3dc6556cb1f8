/** Sequences whose numbers tell how many rows are hidden, or what stands in a masked column: taking one tells as much as reading the last. */
import type { Catalog, RelationEntry } from '../catalog.js'
import { literalText } from '../names.js'
import { parseTableName } from '../table-names.js'
import { familyOf, type Protection } from './protection.js'

const TAKE = new Set(['nextval', 'setval', 'currval'])

/**
 * @param own a table whose own defaults are judged: the numbers that it takes are masked where they are written
 * @returns why a call may not run; undefined where it may
 */
export function takesHiddenNumber(name: string, args: readonly unknown[], catalog: Catalog, protection: NonNullable<Protection>, own?: number): boolean {
  if (!TAKE.has(name) && name !== 'lastval') return false
  const closed = closedSequences(catalog, protection, own)
  if (closed.size === 0) return false
  const text = name === 'lastval' ? undefined : literalText(args[0], 'regclass')
  const parsed = text === undefined ? undefined : parseTableName(text)
  if (parsed === undefined || typeof parsed === 'string') return true // which one is meant is not known
  const { name: sequence, schema } = parsed
  const qualified = /[.]/.test(text ?? '')
  return sequence === undefined || [...closed].some((oid) => isCalled(catalog.relationsByOid.get(oid), sequence, qualified ? schema : undefined))
}

/** Whether `name` could be a method of a value (`(seq).nextval`): which one is not known. */
export const isTaking = (name: string): boolean => TAKE.has(name)

const isCalled = (relation: RelationEntry | undefined, name: string, schema: string | undefined): boolean =>
  relation === undefined || (relation.name === name && (schema === undefined || relation.schema === schema))

/** Those that number a table with filtered rows, or one of whose masked columns takes its default from somewhere. */
export function closedSequences(catalog: Catalog, protection: NonNullable<Protection>, own?: number): ReadonlySet<number> {
  const closed = new Set<number>()
  for (const [sequence, tables] of catalog.sequenceUsers) {
    if (tables.some((table) => table !== own && [...familyOf(catalog, table)].some((member) => numbersHidden(catalog, protection, member)))) closed.add(sequence)
  }
  return closed
}

function numbersHidden(catalog: Catalog, protection: NonNullable<Protection>, table: number): boolean {
  const there = protection.get(table)
  if (there === undefined) return false
  const defaults = catalog.writing.get(table)?.defaults ?? []
  return there.filters.length > 0 || [...there.masks.values()].some((mask) => defaults.includes(mask.column.number))
}
