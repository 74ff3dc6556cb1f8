/**
 * Looks through a database for columns that should be masked: at names, types and a few rows of each table. Rows are read in a
 * read-only session, looked at here, and forgotten: what leaves is which column looks like what. Views and foreign tables are
 * judged by names alone, since to read them is to run what somebody wrote.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { PiiFinding, ScanReply, SchemaRelation } from '@pgbeam/contracts'
import { PgBeamError } from '@pgbeam/kernel'
import { findingOf, showsItself } from './findings.js'

type Scan = Pick<ScanReply, 'findings' | 'scanned' | 'skipped' | 'truncated'>
type Row = readonly (string | null)[]
type Column = SchemaRelation['columns'][number]

const SAMPLED_KINDS = new Set<SchemaRelation['kind']>(['table', 'partitioned_table', 'materialized_view'])
const COLUMNS_SAMPLED_MAX = 40
const VALUE_CHARS_MAX = 300
/** One NATS message holds 1 MB, and base64 makes a third more of it. */
const FINDINGS_BYTES_MAX = 500_000
const SKIPPED_MAX = 200

export interface ScanOptions {
  /** Of each table; 0 reads none. */
  readonly sampleRows: number
  /** When there is no more time for samples, on `now`'s clock. */
  readonly untilMs: number
  readonly now: () => number
}

/** @param query runs one statement; rejects with what the database says */
export async function scan(relations: readonly SchemaRelation[], query: (sql: string) => Promise<Row[]>, { sampleRows, untilMs, now }: ScanOptions): Promise<Scan> {
  const findings: PiiFinding[] = []
  const skipped: { table: string; reason: string }[] = []
  const scanned = { relations: 0, columns: 0, rows: 0 }
  let truncated = false
  let bytes = 0
  for (const relation of relations) {
    const table = writtenTable(relation)
    const sampled = sampleRows > 0 && SAMPLED_KINDS.has(relation.kind) ? relation.columns.filter(({ type }) => showsItself(type)).slice(0, COLUMNS_SAMPLED_MAX) : []
    let rows: Row[] = []
    if (sampled.length > 0 && now() >= untilMs) truncated = true
    else if (sampled.length > 0) {
      try {
        rows = await query(sampleSql(relation, sampled, sampleRows))
      } catch (error) {
        // The words may quote what is stored: a policy of the table's owner runs here too.
        const reason = error instanceof PgBeamError ? `its rows could not be read (${error.sqlState})` : 'its rows could not be read'
        if (skipped.length < SKIPPED_MAX) skipped.push({ table, reason })
      }
    }
    scanned.relations++
    scanned.rows += rows.length
    for (const column of relation.columns) {
      scanned.columns++
      const at = sampled.indexOf(column)
      const values = at < 0 ? [] : rows.flatMap((row) => row[at] ?? [])
      if (values.length > 0) await nextTurn() // sessions of this proxy go first
      const found = findingOf({ name: column.name, type: column.type, values })
      if (!found) continue
      const { kind, share, ...rest } = found
      const finding: PiiFinding = { table, column: column.name, type: column.type, ...rest, sample_share: share, suggestion: { table, column: column.name, kind } }
      bytes += Buffer.byteLength(JSON.stringify(finding)) + 1
      if (bytes <= FINDINGS_BYTES_MAX) findings.push(finding)
      else truncated = true
    }
  }
  return { findings, scanned, skipped, truncated }
}

/** The first rows that come: no sort, and no function but the types' own. */
function sampleSql({ schema, name }: SchemaRelation, columns: readonly Column[], rows: number): string {
  const read = columns.map((column) => `pg_catalog."left"(${quoted(column.name)}::pg_catalog.text, ${VALUE_CHARS_MAX})`)
  return `SELECT ${read.join(', ')} FROM ${quoted(schema)}.${quoted(name)} LIMIT ${rows}`
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
/** Of a table, as a policy writes it: quoted only where it has to be. Columns are written as they are. */
const writtenName = (name: string): string => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : quoted(name))
const writtenTable = ({ schema, name }: SchemaRelation): string => `${writtenName(schema)}.${writtenName(name)}`
