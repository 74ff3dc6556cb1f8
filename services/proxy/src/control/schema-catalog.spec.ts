import { describe, expect, it } from '@jest/globals'
import { relationsIn } from './schema-catalog.js'

const row = (name: string, column: string | null = 'id') => ['public', name, 'r', null, column, 'integer', 'f', 't']

describe('the tables of a database, as one answer tells them', () => {
  it('are put together from their columns', () =>
    expect(relationsIn([row('a'), row('a', 'b'), row('empty', null)])).toEqual({
      relations: [
        { schema: 'public', name: 'a', kind: 'table', comment: null, columns: [{ name: 'id', type: 'integer', nullable: false, primary_key: true }, { name: 'b', type: 'integer', nullable: false, primary_key: true }] },
        { schema: 'public', name: 'empty', kind: 'table', comment: null, columns: [] },
      ],
      truncated: false,
    }))
  it('are whole ones, and it is said where there are more', () => {
    const cut = relationsIn([row('a'), row('b'), row('b', 'c'), row('b', 'd')], 1_000_000, 3)
    expect([cut.relations.map(({ name }) => name), cut.truncated]).toEqual([['a'], true])
    const small = relationsIn([row('a'), row('b')], 200)
    expect([small.relations.map(({ name }) => name), small.truncated]).toEqual([['a'], true])
  })
})
