import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { TestCluster } from '../testing/environment.js'

const migration = readFileSync(fileURLToPath(new URL('../../migrations/0004_one_primary_of_a_name.sql', import.meta.url)), 'utf8')

let cluster: TestCluster
beforeAll(async () => {
  cluster = await TestCluster.start()
}, 60_000)
afterAll(() => cluster?.stop(), 30_000)

it('a database that has two primaries of a name is migrated: the older stays primary, deleted and other ones are left alone', async () => {
  const api = cluster.api()
  const made = await api.project(cluster.keys.org_id)
  const create = async (name: string): Promise<string> => (await api.post(`${made.path}/databases`, { host: 'h', name, username: 'u', password: 'p' })).body.id
  await cluster.query('DROP INDEX database_primary_name_key') // as it was before
  const [second, stock, third] = [await create('shop'), await create('stock'), await create('shop')]
  await api.delete(`${made.path}/databases/${third}`)
  await cluster.query(migration)
  const roles = await cluster.query('SELECT id, role FROM database ORDER BY id')
  expect(roles).toEqual([
    { id: made.databaseId, role: 'primary' },
    { id: second, role: 'replica' },
    { id: stock, role: 'primary' },
    { id: third, role: 'primary' },
  ])
  expect((await api.post(`${made.path}/databases`, { host: 'h', name: 'shop', username: 'u', password: 'p' })).status).toBe(409)
})
