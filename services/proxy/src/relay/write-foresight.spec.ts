/** Which Execute may be a write, before anything is answered. */
import { expect, it } from '@jest/globals'
import type { Outcome } from '@pgbeam/policy'
import { WriteForesight } from './write-foresight.js'

const rows: Outcome = { type: 'rows' }
const write: Outcome = { type: 'write', returns: false, atMost: undefined }
const few: Outcome = { type: 'write', returns: false, atMost: 3 }

it.each<[string, Outcome, boolean]>([
  ['a query', rows, false], ['a write', write, true], ['a write of few rows', few, false], ['one of too many', { ...few, atMost: 6 }, true], ['EXECUTE of whatever it is', { type: 'execute', name: 'p' }, true], ['a setting', { type: 'other' }, false],
])('%s', (_name, outcome, awaited) => {
  const foresight = new WriteForesight(5)
  foresight.parse('', outcome)
  foresight.bind('', '', undefined)
  expect(foresight.execute('', undefined)).toBe(awaited)
})

it('in a batch the last Parse counts, whatever the name stood for before', () => {
  const foresight = new WriteForesight(5)
  foresight.parse('', rows)
  foresight.bind('', '', write)
  expect(foresight.execute('', write)).toBe(false)
})

it('behind a Sync, whatever the name may stand for counts: what is not answered may have failed', () => {
  const foresight = new WriteForesight(5)
  expect(foresight.parse('s', write)).toBe(true)
  foresight.batchOver()
  foresight.bind('', 's', rows)
  expect(foresight.execute('', rows)).toBe(true)
  foresight.batchOver()
  foresight.answered('parse', 's')
  foresight.bind('q', 's', rows)
  expect(foresight.execute('q', undefined)).toBe(false)
  expect(foresight.execute('', rows)).toBe(true) // its Bind is not answered
  foresight.answered('bind', '')
  expect(foresight.execute('', rows)).toBe(false)
})

it('a name that nobody knows may be a write, and so may each once SQL has prepared one', () => {
  const foresight = new WriteForesight(5)
  expect(foresight.execute('cursor', undefined)).toBe(true)
  foresight.texts([{ type: 'prepare', name: 'p', outcome: rows }])
  expect(foresight.execute('cursor', rows)).toBe(false)
  foresight.texts([rows, { type: 'prepare', name: 'p', outcome: write }])
  expect(foresight.execute('cursor', rows)).toBe(true)
})
