import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from '@jest/globals'
import { run } from './run.js'
import { fakeIo } from './testing/fake-io.js'

it('docs/cli.md is what the command tree says: npx pgbeam __reference > docs/cli.md renews it', async () => {
  const io = fakeIo()
  await run(['__reference'], io)
  expect(readFileSync(join(process.cwd(), 'docs/cli.md'), 'utf8')).toBe(io.printed.stdout)
})
