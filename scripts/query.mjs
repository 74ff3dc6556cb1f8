/** One statement through the proxy of `npm start`, where psql is missing: node scripts/query.mjs "SELECT 1" */
import { readFileSync } from 'node:fs'
import pg from 'pg'

const dev = JSON.parse(readFileSync(new URL('../.pgbeam/dev.json', import.meta.url), 'utf8'))
const url = new URL(dev.connection_string)
url.search = ''
const client = new pg.Client({ connectionString: url.toString(), ssl: { ca: readFileSync(dev.ca_file, 'utf8') } })
try {
  await client.connect()
  const result = await client.query(process.argv[2] ?? 'SELECT current_database(), version()')
  for (const one of [result].flat()) console.table(one.rows)
} catch (error) {
  console.error([`${error.severity ?? 'ERROR'}: ${error.code ?? ''} ${error.message}`, error.detail && `DETAIL: ${error.detail}`, error.hint && `HINT: ${error.hint}`].filter(Boolean).join('\n'))
  process.exitCode = 1
} finally {
  await client.end()
}
