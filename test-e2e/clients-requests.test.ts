/** Only in `npm run prove`, which fetches it: Python's requests opens the API with the X-API-Key header. */
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { runProgram } from './support/cli.js'
import { startStack, type Stack } from './support/stack.js'

const work = fileURLToPath(new URL('../.pgbeam-test', import.meta.url))
const venv = join(work, 'python-requests')
const python = join(venv, 'bin/python')
const PROGRAM = `
import os, requests
url, headers = os.environ["PGBEAM_API_URL"], {"X-API-Key": os.environ["PGBEAM_API_KEY"]}
projects = requests.get(f"{url}/v1/projects", headers=headers, timeout=20)
project = projects.json()["projects"][0]["id"]
policy = requests.post(f"{url}/v1/projects/{project}/policies", headers=headers, json={"name": "from python", "access_mode": "read_only"}, timeout=20)
print(projects.status_code, project, policy.status_code, requests.get(f"{url}/v1/projects", headers={"X-API-Key": "pbo_wrong"}, timeout=20).status_code)`

let stack: Stack
beforeAll(async () => {
  mkdirSync(work, { recursive: true })
  const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' }
  if (!existsSync(python)) expect(await runProgram('python3', ['-m', 'venv', venv], { env, timeoutMs: 120_000 })).toMatchObject({ code: 0 })
  expect(await runProgram(python, ['-m', 'pip', 'install', '--quiet', 'requests==2.34.2'], { env, timeoutMs: 200_000 })).toMatchObject({ code: 0 })
  stack = await startStack()
}, 400_000)
afterAll(() => stack?.stop())

it('requests reads and writes with X-API-Key, and a wrong key is refused', async () => {
  const ran = await runProgram(python, ['-c', PROGRAM], { env: { PATH: process.env.PATH ?? '', PGBEAM_API_URL: stack.api.baseUrl, PGBEAM_API_KEY: stack.bootstrap.api_key } })
  expect(ran).toMatchObject({ code: 0, stdout: `200 ${stack.project.id} 201 401\n` })
})
