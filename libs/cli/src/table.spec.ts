import { expect, it } from '@jest/globals'
import type { Style } from './style.js'
import { fields, table } from './table.js'

const plain: Style = { bold: (text) => text, dim: (text) => text, red: (text) => text, green: (text) => text, yellow: (text) => text }
const columns = [{ title: 'ID', value: (row: { id: string; n: number | null }) => row.id }, { title: 'N', value: (row: { n: number | null }) => row.n }]

it('table aligns its columns, and shows what is not there as a dash', () =>
  expect(table([{ id: 'a', n: 1 }, { id: 'long', n: null }], columns, plain)).toBe('ID    N\na     1\nlong  -'))
it('fields leave out what is not there', () =>
  expect(fields([['a', 1], ['longer', 'x'], ['none', null], ['empty', ''], ['zero', 0]], plain)).toBe('a       1\nlonger  x\nzero    0'))
it.each([['an escape sequence', 'a\u001b[2Jb'], ['a line break', 'a\nb'], ['a right-to-left override', 'a\u202eb']])('table disarms %s in a name', (_case, id) => {
  const text = table([{ id, n: 1 }], columns, plain)
  expect(text.split('\n')).toHaveLength(2)
  expect(text).toContain('\ufffd')
})
