/** The tables and views of a database with their columns, for people and models who write policies and queries. */
import type { SchemaRelation, SchemaReply } from '@pgbeam/contracts'

/** Rows that the server may send, and bytes that one answer over NATS may hold. */
const COLUMNS_MAX = 20_000
const REPLY_BYTES_MAX = 500_000

/** One row a column, relation by relation. Partitions are left out: they are parts of their table. */
export const SCHEMA_SQL = `SELECT n.nspname, c.relname, c.relkind, pg_catalog.obj_description(c.oid, 'pg_class'), a.attname,
    pg_catalog.format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,
    EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid OPERATOR(pg_catalog.=) c.oid AND i.indisprimary AND a.attnum OPERATOR(pg_catalog.=) ANY (i.indkey::pg_catalog.int2[]))
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
  LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) c.oid AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped
  WHERE c.relkind OPERATOR(pg_catalog.=) ANY (ARRAY['r', 'p', 'v', 'm', 'f']::pg_catalog."char"[]) AND NOT c.relispartition
  AND n.nspname OPERATOR(pg_catalog.!~~) 'pg\\_%' AND n.nspname OPERATOR(pg_catalog.<>) 'information_schema'
  ORDER BY n.nspname, c.relname, c.oid, a.attnum LIMIT ${COLUMNS_MAX + 1}`

const KINDS: Readonly<Record<string, SchemaRelation['kind']>> = { r: 'table', p: 'partitioned_table', v: 'view', m: 'materialized_view', f: 'foreign_table' }
type Row = readonly (string | null)[]
type Relations = Pick<SchemaReply, 'relations' | 'truncated'>

/** The relations that rows of `SCHEMA_SQL` tell of, as many as one answer holds whole. */
export function relationsIn(rows: readonly Row[], bytesMax = REPLY_BYTES_MAX, rowsMax = COLUMNS_MAX): Relations {
  const relations: (SchemaRelation & { columns: SchemaRelation['columns'][number][] })[] = []
  let cut = rows.length > rowsMax
  for (const [schema, name, kind, comment, column, type, nullable, primaryKey] of rows.slice(0, rowsMax)) {
    const last = relations.at(-1)
    const same = last?.schema === schema && last?.name === name
    if (!same) relations.push({ schema: schema ?? '', name: name ?? '', kind: KINDS[kind ?? ''] ?? 'table', comment: comment?.slice(0, 500) ?? null, columns: [] })
    if (column !== null && column !== undefined) relations.at(-1)?.columns.push({ name: column, type: type ?? '', nullable: nullable === 't', primary_key: primaryKey === 't' })
  }
  if (cut) relations.pop() // the last one may lack columns
  let bytes = 0
  const fitting = relations.findIndex((relation) => (bytes += Buffer.byteLength(JSON.stringify(relation)) + 1) > bytesMax)
  if (fitting >= 0) {
    relations.length = fitting
    cut = true
  }
  return { relations, truncated: cut }
}
