/**
 * This replica's one connection to NATS. It is made in the background and for ever: the API works without it, only that no
 * change is then shown as enforced.
 */
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { CONFIG, type Config } from '../config.js'
import { LOGGER, type Logger } from '../logger.js'

const RECONNECT_WAIT_MS = 250
/**
 * A connection over which nothing comes back for three of these is taken for dead, and so is an attempt that takes longer than
 * this: TCP by itself waits longer and longer before it tries again, which would keep proxies fenced long after the network is back.
 */
const PING_INTERVAL_MS = 600
const CONNECT_TIMEOUT_MS = 1_000
const CLOSE_WAIT_MS = 2_000

@Injectable()
export class Nats implements OnModuleDestroy {
  readonly #connection: Promise<NatsConnection>
  #open: NatsConnection | undefined
  #closed = false
  #listening = false
  /** On this process's monotonic clock; undefined while nothing can be heard. */
  #hearingSinceMs: number | undefined

  constructor(@Inject(CONFIG) config: Config, @Inject(LOGGER) private readonly logger: Logger) {
    this.#connection = this.#connect(config.natsUrl)
    this.#connection.catch(() => {}) // awaited by whoever needs it; closing before the first connection is no error
  }

  /** Resolves once connected for the first time. */
  connection(): Promise<NatsConnection> {
    return this.#connection
  }

  /** The connection, if it stands at this moment. */
  get open(): NatsConnection | undefined {
    return this.#hearingSinceMs === undefined && this.#listening ? undefined : this.#open
  }

  /** For how long everything said on NATS has reached this replica, without a break. 0 while it does not. */
  get hearingForMs(): number {
    return this.#hearingSinceMs === undefined ? 0 : performance.now() - this.#hearingSinceMs
  }

  /** Called when the subscriptions stand: from here on this replica hears what is said. */
  async startedListening(): Promise<void> {
    await this.#open?.flush()
    this.#listening = true
    this.#hearingSinceMs = performance.now()
  }

  async #connect(servers: string): Promise<NatsConnection> {
    for (;;) {
      try {
        const connection = await connect({
          servers: servers.split(','),
          name: 'pgbeam control-plane',
          waitOnFirstConnect: true,
          maxReconnectAttempts: -1,
          reconnectTimeWait: RECONNECT_WAIT_MS,
          pingInterval: PING_INTERVAL_MS,
          maxPingOut: 2,
          timeout: CONNECT_TIMEOUT_MS,
        })
        if (this.#closed) {
          await connection.close()
          throw new Error('closed')
        }
        this.#open = connection
        this.logger.info('connected to NATS')
        void this.#watch(connection)
        return connection
      } catch (error) {
        if (this.#closed) throw error
        this.logger.warn({ reason: (error as Error).message }, 'no connection to NATS yet')
        await new Promise((resolve) => setTimeout(resolve, RECONNECT_WAIT_MS * 4))
      }
    }
  }

  async #watch(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) {
      if (status.type === 'disconnect' || status.type === 'staleConnection') {
        this.#hearingSinceMs = undefined
        this.logger.warn('lost the connection to NATS')
      } else if (status.type === 'reconnect') {
        if (this.#listening) this.#hearingSinceMs = performance.now()
        this.logger.info('connected to NATS again')
      }
    }
    this.#hearingSinceMs = undefined
  }

  async onModuleDestroy(): Promise<void> {
    this.#closed = true
    const connection = this.#open
    this.#open = undefined
    if (!connection) return
    // Draining lets answers that are under way go out; it cannot end while the server is away.
    await Promise.race([connection.drain(), new Promise((resolve) => setTimeout(resolve, CLOSE_WAIT_MS).unref())]).catch(() => {})
    await connection.close().catch(() => {})
  }
}
