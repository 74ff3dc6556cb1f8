/** Catalogs of the fixture database as real servers answered the catalog queries, for specs that need no server. */
import { readFileSync } from 'node:fs'
import { buildCatalog, type Catalog } from './catalog.js'

export type Rows = (string | null)[][]

/** The recorded answers, with rows of the spec's own added by query name. */
export function recordedAnswers(major: 15 | 18, extra: Readonly<Record<string, Rows>> = {}): Record<string, Rows> {
  const file = new URL(`../testdata/catalog-${major}.json`, import.meta.url)
  const answers = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Rows>
  for (const [name, rows] of Object.entries(extra)) answers[name] = [...(answers[name] ?? []), ...rows]
  return answers
}

export function recordedCatalog(major: 15 | 18, extra?: Readonly<Record<string, Rows>>): Catalog {
  return buildCatalog(recordedAnswers(major, extra))
}
