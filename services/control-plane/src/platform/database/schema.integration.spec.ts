import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { TestCluster } from '../../testing/environment.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const DRIFT = 2

let cluster: TestCluster
beforeAll(async () => {
  cluster = await TestCluster.start()
}, 60_000)
afterAll(() => cluster?.stop(), 30_000)

/** `prisma migrate diff` between the migrated database and schema.prisma. */
async function diff(): Promise<{ code: number; script: string }> {
  const args = ['node_modules/prisma/build/index.js', 'migrate', 'diff', '--from-config-datasource', '--to-schema', 'prisma/schema.prisma', '--script', '--exit-code']
  const env = { ...process.env, NODE_OPTIONS: '', PGBEAM_DATABASE_URL: cluster.env['PGBEAM_DATABASE_URL'], PRISMA_SCHEMA_ENGINE_BINARY: 'scripts/schema-engine.mjs' }
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, env })
    return { code: 0, script: stdout }
  } catch (error) {
    const { code, stdout } = error as { code: number; stdout: string }
    return { code, script: stdout }
  }
}

it('SQL migrations and schema.prisma say the same, and the comparison sees a difference', async () => {
  expect(await diff()).toMatchObject({ code: 0 })
  await cluster.query('ALTER TABLE project ADD COLUMN surprise text')
  const { code, script } = await diff()
  expect(code).toBe(DRIFT)
  expect(script).toContain('surprise')
}, 60_000)
