/** Runs the repository's own tools for the scripts: under the pinned Node, with the output on the terminal. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { readFileSync } from 'node:fs'
import { root } from './bootstrap.mjs'

/** The file behind a package's command, by path: two packages claim the name `tsc`. */
export function toolFile(packageName, command) {
  const dir = join(root, 'node_modules', packageName)
  const { bin } = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'))
  return join(dir, typeof bin === 'string' ? bin : bin[command ?? packageName] ?? Object.values(bin)[0])
}

let asked = false
/** Whether somebody has asked for the end (Ctrl-C, SIGTERM) while a command ran: then nothing else is to be begun. */
export const interrupted = () => asked

/** Runs a command to its end; signals end it first. Resolves to its exit code. */
export function runToEnd(command, args, { env = {}, cwd = root, timeoutMs } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, stdio: 'inherit', env: { ...process.env, ...env } })
    const forward = (signal) => {
      asked = true
      child.kill(signal)
    }
    process.on('SIGTERM', forward)
    process.on('SIGINT', forward)
    const timer = timeoutMs && setTimeout(() => {
      console.error(`pgbeam: ${args[0]} was ended after ${Math.round(timeoutMs / 60_000)} minutes`)
      child.kill('SIGTERM')
      setTimeout(() => child.kill('SIGKILL'), 20_000).unref()
    }, timeoutMs)
    child.once('error', (error) => {
      console.error(error.message)
      resolve(127)
    })
    child.once('exit', (code) => {
      clearTimeout(timer)
      process.off('SIGTERM', forward)
      process.off('SIGINT', forward)
      resolve(code ?? 1)
    })
  })
}

export const runTool = (packageName, args, options) => runToEnd(process.execPath, [toolFile(packageName), ...args], options)
