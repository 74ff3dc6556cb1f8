import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from '@jest/globals'

const script = `
  import { interrupted, runToEnd } from ${JSON.stringify(new URL('./run.mjs', import.meta.url).href)}
  await runToEnd(process.execPath, ['-e', 'console.log("begun"); setTimeout(() => {}, 60_000)'])
  console.log('ended', interrupted())`

it('a signal ends the command that runs, and whoever would begin another can see it', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  let seen = ''
  child.stdout.on('data', (chunk) => {
    seen += chunk
    if (seen.trim() === 'begun') child.kill('SIGTERM')
  })
  await once(child, 'close')
  expect(seen.split('\n')).toEqual(['begun', 'ended true', ''])
}, 60_000)
