/** A table with masked columns: which of its columns may be written, so that no constraint, index or order of rows tells of a hidden value. */
import type { Catalog } from '../catalog.js'
import { Refusal } from '../denial.js'
import { shown } from '../names.js'
import { noWriteFacts, type IndexFact, type WriteFacts } from '../write-facts.js'
import type { ProtectedRelation } from './protection.js'
import type { Fields, Write } from './write.js'

/** Policies that decide which rows are changed. One for SELECT holds for what is seen anyway, one for INSERT for what one writes oneself. */
const DECIDING = /[wd*]/

export function checkMaskedTarget(write: Write, { masks }: ProtectedRelation, catalog: Catalog): void {
  const { relation, kind, given, updated, attributes } = write
  const masked = new Set([...masks.values()].map((mask) => mask.column.number))
  const facts = catalog.writing.get(relation.oid) ?? noWriteFacts
  const table = shown(relation.schema, relation.name)
  const nameOf = (numbers: Iterable<number>) => attributes.filter((each) => [...numbers].includes(each.number)).map((each) => each.name).join(', ')
  const has = (columns: readonly number[], number: number) => columns.includes(number) || columns.includes(0)
  const refuse = (message: string, hint: string) => new Refusal('masked_relation', message, hint)
  checkParts(write, masked)
  checkHashed(write, masks, facts)

  const secured = facts.policies.find((each) => DECIDING.test(each.command) && each.columns.some((column) => column === 0 || masked.has(column)))
  if (secured !== undefined) throw refuse(`the row security policy ${secured.name} of ${table} reads a masked column: whether a row may be changed would tell of it`, 'Ask for a policy without this mask to change rows.')
  const written = [...new Set([...given, ...updated])].filter((number) => masked.has(number))
  for (const number of written) {
    const what = facts.indexes.some((index) => index.excludes && has(index.columns, number)) ? 'a unique or exclusion constraint'
      : facts.checks.some((check) => !check.isNotNull && has(check.columns, number)) ? 'a CHECK constraint'
      : [...facts.foreignKeys.map((key) => key.columns), ...facts.referencedBy.map((key) => key.referencedColumns)].some((columns) => has(columns, number)) ? 'a foreign key'
      : facts.indexes.some((index) => index.computes && has(index.columns, number)) ? 'an index with an expression or a condition'
      // A row whose indexed columns stay as they are is stored in another way (HOT), and the server counts how often.
      : updated.has(number) && facts.indexes.some((index) => has(index.columns, number)) ? 'an index'
      : undefined
    if (what === undefined) continue
    throw refuse(
      `column ${nameOf([number])} of ${table} is masked and takes part in ${what}: writing it would tell of values that are hidden`,
      given.size === attributes.length && kind === 'insert' ? `List the columns that you give, without ${nameOf([number])}.` : `Leave ${nameOf([number])} out of the statement.`,
    )
  }

  if (kind === 'insert') {
    const index = facts.indexes.find((each) => each.excludes && each.columns.some((number) => number === 0 || masked.has(number)) && !alwaysNull(each, masked, new Set([...given, ...facts.defaults])))
    if (index !== undefined) {
      throw refuse(`rows are not inserted into ${table}: the masked column ${nameOf(index.columns.filter((number) => masked.has(number)))} takes part in a unique or exclusion constraint, and is given a value by default`, 'Ask for a policy without this mask to insert rows.')
    }
  } else {
    // The server goes through rows as it likes, by such an index in the order of the hidden values; RETURNING and ctid show it.
    const shared = attributes.find((each) => masked.has(each.number) && each.indexed === 'shared')
    if (shared !== undefined) {
      throw refuse(`rows of ${table} are not updated or deleted: an index holds the masked column ${shared.name} together with others, and would be gone through in the order of hidden values`, 'Ask for a policy without this mask to change rows.')
    }
  }
  if (updated.size === 0) return
  const unproven = facts.checks.find((check) => !check.validated && check.columns.some((number) => number === 0 || masked.has(number)))
  if (unproven !== undefined) throw refuse(`rows of ${table} are not updated: a CHECK or NOT NULL constraint on a masked column was never validated, and an error would tell of hidden values`, 'Ask whoever keeps the database to validate the constraint.')
  const together: (readonly number[])[] = [
    ...facts.checks.map((check) => check.columns), ...facts.policies.map((each) => each.columns), ...facts.indexes.map((index) => index.columns), ...facts.foreignKeys.map((key) => key.columns),
    ...attributes.filter((each) => each.computedOf.length > 0).map((each) => each.computedOf),
  ]
  for (const columns of together) {
    const whole = columns.includes(0)
    const changes = [...updated].filter((number) => whole || columns.includes(number))
    const hidden = [...masked].filter((number) => !updated.has(number) && (whole || columns.includes(number)))
    if (changes.length === 0 || hidden.length === 0) continue
    throw refuse(
      `column ${nameOf(changes)} of ${table} shares a constraint, an index or a generated column with ${nameOf(hidden)}, which is masked: changing it would tell of hidden values`,
      `Leave ${nameOf(changes)} out of the statement.`,
    )
  }
}

/** Whether a masked key of the index is NULL in each new row, which is like no other. */
function alwaysNull(index: IndexFact, masked: ReadonlySet<number>, given: ReadonlySet<number>): boolean {
  return !index.nullsEqual && !index.computes && !index.columns.includes(0) && index.columns.some((number) => masked.has(number) && !given.has(number))
}

/** Whoever writes guesses into such a column and reads their hashes finds out which of them other rows hold. */
function checkHashed({ attributes, given, updated, relation, kind }: Write, masks: ProtectedRelation['masks'], { knownDefaults }: WriteFacts): void {
  for (const { column, rule } of masks.values()) {
    if (rule.kind !== 'hash') continue
    const written = attributes.find((each) => (each.number === column.number || column.computedOf.includes(each.number)) && (given.has(each.number) || updated.has(each.number)))
    const byDefault = kind === 'insert' && knownDefaults.some((number) => number === column.number || column.computedOf.includes(number))
    if (written === undefined && byDefault) {
      throw new Refusal(
        'masked_relation', `rows are not inserted into ${shown(relation.schema, relation.name)}: ${column.name} is masked as hash, and the hash of its default would tell which rows hold that`,
        `Ask for a policy that masks ${column.name} as redact or null.`,
      )
    }
    if (written === undefined) continue
    throw new Refusal(
      'masked_relation', `column ${written.name} of ${shown(relation.schema, relation.name)} is not written: ${column.name} is masked as hash, and hashes of values that one chooses would tell which rows hold them`,
      `Leave ${written.name} out of the statement, or ask for a policy that masks ${column.name} as redact or null.`,
    )
  }
}

/** `SET tags[1] = …` and `SET addr.street = …` keep the rest of what was there, and their errors tell of it. */
function checkParts({ body, attributes }: Write, masked: ReadonlySet<number>): void {
  const lists = [body['targetList'], body['cols'], (body['onConflictClause'] as Fields | undefined)?.['targetList']]
  for (const target of lists.flatMap((list) => (list as readonly { ResTarget?: Fields }[] | undefined) ?? [])) {
    const { name, indirection } = target.ResTarget ?? {}
    if (indirection === undefined || !attributes.some((each) => each.name === name && masked.has(each.number))) continue
    throw new Refusal('masked_column_expression', `a part of the masked column ${String(name)} cannot be set: the rest of it would be read`, 'Set the column as a whole.')
  }
}
