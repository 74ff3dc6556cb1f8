import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from '@jest/globals'

const packageDir = dirname(createRequire(join(process.cwd(), 'package.json')).resolve('./libs/client/package.json'))

it('the committed types are those of docs/openapi.json', async () => {
  const run = promisify(execFile)(process.execPath, [join(packageDir, 'scripts/generate.mjs'), '--check'], { env: { PATH: process.env.PATH } })
  await expect(run).resolves.toMatchObject({ stderr: '' })
}, 60_000)
