import { describe, expect, it } from '@jest/globals'
import type { SchemaRelation } from '@pgbeam/contracts'
import { UpstreamRefused } from '../connect/errors.js'
import { scan } from './scan.js'

const relation = (name: string, columns: Record<string, string>, kind: SchemaRelation['kind'] = 'table'): SchemaRelation => ({
  schema: 'public', name, kind, comment: null,
  columns: Object.entries(columns).map(([column, type]) => ({ name: column, type, nullable: true, primary_key: false })),
})
const options = { sampleRows: 10, untilMs: 1, now: () => 0 }

describe('a scan', () => {
  it('reads a few rows of tables, and says nothing of what it read', async () => {
    const asked: string[] = []
    const found = await scan([relation('Customers', { id: 'bigint', 'Kontakt "neu"': 'text', tel: 'text' })], (sql) => {
      asked.push(sql)
      return Promise.resolve([['a@example.org', null], ['b@example.org', '+49 30 901820'], ['c@example.org', null]])
    }, options)
    expect(asked).toEqual(['SELECT pg_catalog."left"("Kontakt ""neu"""::pg_catalog.text, 300), pg_catalog."left"("tel"::pg_catalog.text, 300) FROM "public"."Customers" LIMIT 10'])
    const table = 'public."Customers"'
    expect(found).toEqual({
      findings: [
        { table, column: 'Kontakt "neu"', type: 'text', category: 'email', evidence: ['sample'], confidence: 'medium', sample_share: 1, suggestion: { table, column: 'Kontakt "neu"', kind: 'hash' } },
        { table, column: 'tel', type: 'text', category: 'phone', evidence: ['name'], confidence: 'low', sample_share: null, suggestion: { table, column: 'tel', kind: 'partial' } },
      ],
      scanned: { relations: 1, columns: 3, rows: 3 }, skipped: [], truncated: false,
    })
    expect(JSON.stringify(found)).not.toContain('example.org')
  })

  it('never reads a view or a foreign table: that would run what somebody wrote', async () => {
    const refuses = () => Promise.reject(new Error('asked'))
    const found = await scan([relation('v', { email: 'text' }, 'view'), relation('f', { email: 'text' }, 'foreign_table')], refuses, options)
    expect([found.findings.map(({ table, evidence }) => [table, evidence]), found.skipped]).toEqual([[['public.v', ['name']], ['public.f', ['name']]], []])
  })

  it('goes on where a table may not be read, without the words of the database', async () => {
    const found = await scan([relation('a', { email: 'text' }), relation('b', { email: 'text' })], (sql) =>
      sql.includes('"a"') ? Promise.reject(new UpstreamRefused('42501', 'secret words')) : Promise.resolve([['x'], ['y'], ['z']]), options)
    expect([found.skipped, found.findings.length]).toEqual([[{ table: 'public.a', reason: 'its rows could not be read (42501)' }], 2])
  })

  it('judges by names alone where no rows are wanted, or the time is over, and says the latter', async () => {
    const asked = () => Promise.reject(new Error('asked'))
    const none = await scan([relation('a', { email: 'text' })], asked, { ...options, sampleRows: 0 })
    const late = await scan([relation('a', { email: 'text' })], asked, { ...options, now: () => 2 })
    expect([none.findings.length, none.truncated, late.findings.length, late.truncated]).toEqual([1, false, 1, true])
  })

  it('tells of no more columns than one message holds, and says so', async () => {
    const many = Array.from({ length: 40 }, (_, n) => relation(`t${n}`.padEnd(60, 'ä'), Object.fromEntries(Array.from({ length: 50 }, (_column, at) => [`email_${'ü'.repeat(25)}_${at}`, 'text']))))
    const found = await scan(many, () => Promise.resolve([]), options)
    const bytes = Buffer.byteLength(JSON.stringify(found.findings))
    expect([found.truncated, bytes <= 500_000, bytes > 490_000]).toEqual([true, true, true])
  })
})
