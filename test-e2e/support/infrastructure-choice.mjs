/**
 * Postgres and NATS for the tests behind one interface: containers where Docker has the images, else the embedded ones.
 * `PGBEAM_TEST_INFRASTRUCTURE=embedded|containers|relay` decides instead (relay: embedded, with NATS_URL behind a relay).
 *
 * `startPostgres({ dir, password, flags?, ssl?, version?, port? })` → `{ url, port, nativeDir?, stop() }`
 * `startNats({ dir, port? })` → `{ url, port, stop() }`
 */
import { spawnSync } from 'node:child_process'
import { canStartOwnNats, startNats } from '../../scripts/lib/nats.mjs'
import { relayTo } from '../../scripts/lib/nats-relay.mjs'
import { nativeDir, startPostgres } from '../../scripts/lib/postgres.mjs'

const POSTGRES_IMAGE = 'postgres:18'
const NATS_IMAGE = 'nats:2.12-alpine'

const hasImage = (name) => spawnSync('docker', ['image', 'inspect', name], { stdio: 'ignore', timeout: 10_000 }).status === 0

/** @returns {Promise<{ kind: string, startPostgres: Function, startNats: Function }>} */
export async function createInfrastructure() {
  const asked = process.env.PGBEAM_TEST_INFRASTRUCTURE
  const containers = asked ? asked === 'containers' : hasImage(POSTGRES_IMAGE) && hasImage(NATS_IMAGE)
  return containers ? containerInfrastructure() : embeddedInfrastructure()
}

/** Tests stop NATS and start it again. Where the only server is the one that NATS_URL names, they stop a relay in front of it. */
function embeddedInfrastructure() {
  const { NATS_URL } = process.env
  const relay = NATS_URL && (process.env.PGBEAM_TEST_INFRASTRUCTURE === 'relay' || !canStartOwnNats())
  return { kind: 'embedded', startPostgres, startNats: relay ? ({ port }) => relayTo(NATS_URL, port) : (options) => startNats({ ...options, own: true }) }
}

async function containerInfrastructure() {
  const { GenericContainer, Wait } = await import('testcontainers')
  return {
    kind: 'containers',
    async startPostgres({ password, flags = [], ssl, version = 18, port }) {
      const certificates = ssl ? [{ source: ssl.certFile, target: '/tls/server.crt' }, { source: ssl.keyFile, target: '/tls/server.key' }] : []
      const tls = ssl ? ['ssl=on', 'ssl_cert_file=/tls/own.crt', 'ssl_key_file=/tls/own.key'] : []
      const settings = ['max_connections=500', 'timezone=UTC', 'fsync=off', ...tls, ...flags].flatMap((one) => ['-c', one])
      const own = ssl ? 'install -o postgres -m 600 /tls/server.crt /tls/own.crt && install -o postgres -m 600 /tls/server.key /tls/own.key && ' : ''
      const container = await new GenericContainer(version === 18 ? POSTGRES_IMAGE : `postgres:${version}`)
        .withEnvironment({ POSTGRES_PASSWORD: password, POSTGRES_INITDB_ARGS: '--locale=C --encoding=UTF8 --auth-host=scram-sha-256' })
        .withCopyFilesToContainer(certificates)
        .withEntrypoint(['bash', '-c', `${own}exec docker-entrypoint.sh postgres "$@"`, 'postgres'])
        .withCommand(settings)
        .withExposedPorts(port ? { container: 5432, host: port } : 5432)
        .withWaitStrategy(Wait.forLogMessage(/ready to accept connections/, 2))
        .start()
      const mapped = container.getMappedPort(5432)
      return {
        url: `postgresql://postgres:${password}@127.0.0.1:${mapped}/postgres`, port: mapped, superuser: 'postgres', password, nativeDir: nativeDir(18),
        stop: async () => void (await container.stop()),
      }
    },
    async startNats({ port } = {}) {
      const container = await new GenericContainer(NATS_IMAGE)
        .withExposedPorts(port ? { container: 4222, host: port } : 4222)
        .withWaitStrategy(Wait.forLogMessage(/Server is ready/))
        .start()
      const mapped = container.getMappedPort(4222)
      return { url: `nats://127.0.0.1:${mapped}`, port: mapped, stop: async () => void (await container.stop()) }
    },
  }
}
