/**
 * `npm run prove`: every test at its full count, one file at a time. What passed on this commit is kept, so a run that was
 * interrupted goes on where it stopped; the dated result is written to docs/proof/. `-- --help` lists the
 * options.
 */
import { ready } from './lib/bootstrap.mjs'

if (await ready(import.meta.url)) {
  const { prove } = await import('./lib/proof.mjs')
  process.exitCode = await prove(process.argv.slice(2))
}
