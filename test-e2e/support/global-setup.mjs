/**
 * What all files share: one Postgres server for control planes, one to be upstream, one NATS server. Each stack gets
 * databases and subjects' worth of its own on them (its own NATS server where it must stop it).
 */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installDebianPackage } from '../../scripts/lib/debian.mjs'
import { createInfrastructure } from './infrastructure-choice.mjs'

export default async function setup() {
  installPsql()
  const dir = mkdtempSync(join(tmpdir(), 'pgbeam-e2e-'))
  const infrastructure = await createInfrastructure()
  const password = () => randomBytes(15).toString('base64url')
  const started = await Promise.allSettled([
    infrastructure.startPostgres({ dir: join(dir, 'control'), password: password() }),
    infrastructure.startPostgres({ dir: join(dir, 'upstream'), password: password(), flags: ['client_connection_check_interval=1s'] }),
  ])
  const servers = started.filter((one) => one.status === 'fulfilled').map((one) => one.value)
  globalThis.__pgbeamShared = { servers, dir }
  const failed = started.find((one) => one.status === 'rejected')
  if (failed) throw failed.reason
  process.env.PGBEAM_E2E_SHARED = JSON.stringify({
    control: { url: servers[0].url, port: servers[0].port, nativeDir: servers[0].nativeDir },
    upstream: { url: servers[1].url, port: servers[1].port, nativeDir: servers[1].nativeDir },
  })
}

/** Tests use psql; where it is missing and we may, it is installed. */
function installPsql() {
  const folders = (process.env.PATH ?? '').split(':')
  if (folders.some((folder) => folder && existsSync(join(folder, 'psql')))) return
  if (!installDebianPackage('postgresql-client', console.error)) throw new Error('the tests use psql: install it (postgresql-client on Debian) and run this again')
}
