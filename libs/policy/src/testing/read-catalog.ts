/** The catalog of a test's database, read as a proxy reads it: every value as text. */
import type { Client } from 'pg'
import { buildCatalog, type Catalog } from '../catalog.js'
import { catalogQueries } from '../catalog-queries.js'

const asText = { getTypeParser: () => (text: string) => text }

export async function readCatalog(client: Client): Promise<Catalog> {
  const answers: Record<string, (string | null)[][]> = {}
  for (const { name, sql } of catalogQueries) answers[name] = (await client.query<(string | null)[]>({ text: sql, rowMode: 'array', types: asText })).rows
  return buildCatalog(answers)
}
