/** `npm run check`: types, lint, import rules, unused code. Every step runs; one that fails fails the whole. */
import { ready } from './lib/bootstrap.mjs'

if (await ready(import.meta.url)) {
  const { check } = await import('./lib/check-steps.mjs')
  const failed = await check(process.argv.slice(2))
  process.exitCode = failed.length > 0 ? 1 : 0
}
