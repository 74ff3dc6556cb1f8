import { execFileSync } from 'node:child_process'
import { expect, it } from '@jest/globals'

it('a log line says its level as a word, as the control plane does', () => {
  const script = `import { createLog } from ${JSON.stringify(new URL('../../dist/platform/log.js', import.meta.url).href)}; createLog('info').warn('x')`
  const line = JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', script], { env: {} }).toString()) as Record<string, unknown>
  expect(line).toMatchObject({ level: 'warn', service: 'proxy', msg: 'x' })
})
