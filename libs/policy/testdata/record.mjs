/**
 * Records what real servers answer to the catalog queries over the fixture database, after a change of either:
 * `node libs/policy/testdata/record.mjs <empty directory> <port>` with the library built.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { startPostgres } from '../../../scripts/lib/postgres.mjs'
import { fixtureSchema } from '../dist/corpora/index.js'
import { catalogQueries } from '../dist/index.js'

const [dir = '', port = ''] = process.argv.slice(2)
for (const version of [15, 18]) {
  const server = await startPostgres({ dir: join(dir, String(version)), password: 'fixture', port: Number(port), ...(version === 15 && { version }) })
  await withClient(server.url, (client) => client.query('CREATE DATABASE fixture'))
  const answers = await withClient(Object.assign(new URL(server.url), { pathname: '/fixture' }).toString(), async (client) => {
    for (const sql of fixtureSchema) await client.query(sql)
    const lines = []
    for (const { name, sql } of catalogQueries) {
      const { rows } = await client.query({ text: sql, rowMode: 'array', types: { getTypeParser: () => (text) => text } })
      lines.push(`${JSON.stringify(name)}: [\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]`)
    }
    return lines
  })
  writeFileSync(new URL(`./catalog-${version}.json`, import.meta.url), `{\n${answers.join(',\n')}\n}\n`)
  await server.stop()
}

async function withClient(connectionString, work) {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
