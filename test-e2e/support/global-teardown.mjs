import { rmSync } from 'node:fs'

export default async function teardown() {
  const shared = globalThis.__pgbeamShared
  for (const server of shared?.servers ?? []) await server.stop()
  if (shared) rmSync(shared.dir, { recursive: true, force: true })
}
