/** NATS servers that form a cluster: what is said to one is heard at all. Each may die and come back. */
import { join } from 'node:path'
import { canStartOwnNats, startNats } from '../../scripts/lib/nats.mjs'
import { relayTo } from '../../scripts/lib/nats-relay.mjs'
import { freePorts } from '../../scripts/lib/ports.mjs'
import type { NatsServer } from './infrastructure.js'

interface Running extends NatsServer {
  readonly pid?: number
}

class Member implements NatsServer {
  constructor(
    private running: Running,
    private readonly again: (port: number) => Promise<Running>,
  ) {}

  get url(): string {
    return this.running.url
  }
  get port(): number {
    return this.running.port
  }
  stop(options?: { signal?: NodeJS.Signals }): Promise<void> {
    return this.running.stop(options)
  }
  async start(): Promise<void> {
    this.running = await this.again(this.port)
  }
}
export type ClusterMember = Member

/** Where the only server is somebody else's (`NATS_URL`), relays to it stand for the members. */
export async function startNatsCluster(dir: string, size: number): Promise<Member[]> {
  const { NATS_URL } = process.env
  const routes = await freePorts(Array.from({ length: size }, () => 0))
  const start = (index: number) => (port?: number): Promise<Running> => {
    if (NATS_URL && !canStartOwnNats()) return relayTo(NATS_URL, port)
    const others = routes.filter((_, at) => at !== index).map((one) => `nats://127.0.0.1:${one}`).join(',')
    // Not advertised: clients know the addresses they are given, which may be relays, and no others.
    const args = ['--cluster_name', 'pgbeam', '--cluster', `nats://127.0.0.1:${routes[index]!}`, '--routes', others, '--no_advertise']
    return startNats({ dir: join(dir, String(index)), own: true, args, ...(port === undefined ? {} : { port }) }) as Promise<Running>
  }
  return Promise.all(routes.map(async (_, index) => new Member(await start(index)(), start(index))))
}
