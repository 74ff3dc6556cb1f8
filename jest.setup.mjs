// Loaded before each test file.
import { existsSync } from 'node:fs'
import fc from 'fast-check'

// Property tests take the same way in each run of the tests, and another in each proof. A seed can be given to repeat one.
const { PGBEAM_SEED: seed, PGBEAM_PROOF: proof } = process.env
if (seed) fc.configureGlobal({ seed: Number(seed) })
else if (proof !== 'full') fc.configureGlobal({ seed: 1 })

// Nest 12 is ESM only, and importing it first keeps a CommonJS dependency (the throttler) from requiring it in the middle of a cycle.
if (existsSync(new URL('./services/control-plane/node_modules/@nestjs/core', import.meta.url))) {
  const base = new URL('./services/control-plane/package.json', import.meta.url)
  const { createRequire } = await import('node:module')
  const require = createRequire(base)
  for (const name of ['reflect-metadata', '@nestjs/common', '@nestjs/core']) await import(require.resolve(name))
}
