// Loaded before each test file: Nest 12 is ESM only, and importing it first keeps a CommonJS dependency
// (the throttler) from requiring it in the middle of a cycle.
import { existsSync } from 'node:fs'
if (existsSync(new URL('./services/control-plane/node_modules/@nestjs/core', import.meta.url))) {
  const base = new URL('./services/control-plane/package.json', import.meta.url)
  const { createRequire } = await import('node:module')
  const require = createRequire(base)
  for (const name of ['reflect-metadata', '@nestjs/common', '@nestjs/core']) await import(require.resolve(name))
}
