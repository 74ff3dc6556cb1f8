import { expect, it } from '@jest/globals'
import { proofDocument } from './proof-document.mjs'

const base = { commit: 'abc', complete: true, date: new Date('2026-11-22T10:00:00Z'), machine: '2 cores' }
const step = { name: 'unit', passed: 3, failed: 0, seconds: 1, notes: [], measurements: [{ name: 'a|b', value: 7, unit: 'ms' }] }

it('says what ran and what was measured', () => {
  const text = proofDocument({ ...base, results: [step] })
  expect(text).toMatch(/^# Proof of 2026-11-22/)
  expect(text).toContain('| unit | 3 | 0 | 1 |')
  expect(text).toContain('| unit | a\\|b | 7 ms |')
  expect(text).toContain('Nothing failed.')
})

it('hides neither failures nor what did not run', () => {
  const text = proofDocument({ ...base, complete: false, results: [{ ...step, failed: 2, notes: ['two are broken'] }] })
  expect(text).toContain('**2 failed**; **not every step has run**')
  expect(text).toContain('- two are broken')
})
