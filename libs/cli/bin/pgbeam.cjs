#!/usr/bin/env node
// Starts the bundle with V8's compile cache, which only helps what is loaded after it was turned on (Node 22.1 and newer).
const { existsSync } = require('node:fs')
const { join } = require('node:path')

const bundle = join(__dirname, '../dist/pgbeam.cjs')
if (existsSync(bundle)) {
  require('node:module').enableCompileCache?.()
  require(bundle)
} else {
  console.error('pgbeam: not built yet. In a clone, npm start builds it (or npx pnpm@12.21.0 exec turbo run build).')
  process.exitCode = 1
}
