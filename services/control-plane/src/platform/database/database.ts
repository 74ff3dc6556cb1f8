/** The control plane's own Postgres: one pool, Prisma's typed client over it, and transactions that retry where that is safe. */
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common'
import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { Prisma, PrismaClient } from '../../generated/prisma/client.js'
import { CONFIG, type Config } from '../config.js'
import { LOGGER, type Logger } from '../logger.js'
import { giveUpOnSilence } from './silence.js'

export type Transaction = Prisma.TransactionClient
export { Prisma }

const POOL_SIZE = 20
const FIGURES_POOL_SIZE = 4
const CONNECT_TIMEOUT_MS = 5_000
const TRANSACTION_WAIT_MS = 10_000
const TRANSACTION_TIMEOUT_MS = 15_000
const ATTEMPTS = 4

@Injectable()
export class Database implements OnModuleDestroy {
  readonly pool: pg.Pool
  /**
   * For figures alone, such as how long an acknowledgement took: its commits do not wait for the disk, and the last ones before a
   * crash of the database may be lost. Nothing that is promised may rest on them.
   */
  readonly figures: pg.Pool
  readonly client: PrismaClient

  constructor(@Inject(CONFIG) config: Config, @Inject(LOGGER) logger: Logger) {
    // A transaction whose replica cannot be heard any more gives its locks back.
    const shared = { connectionString: config.databaseUrl, connectionTimeoutMillis: CONNECT_TIMEOUT_MS, idle_in_transaction_session_timeout: TRANSACTION_TIMEOUT_MS }
    this.pool = new pg.Pool({
      ...shared,
      max: POOL_SIZE,
      application_name: 'pgbeam control-plane',
    })
    this.figures = new pg.Pool({
      ...shared,
      max: FIGURES_POOL_SIZE,
      application_name: 'pgbeam figures',
      options: '-c synchronous_commit=off',
    })
    // An idle connection that dies is replaced at the next query; without a listener it would end the process.
    for (const pool of [this.pool, this.figures]) {
      pool.on('error', (error) => logger.warn({ reason: error.message }, 'a database connection was lost'))
      pool.on('connect', (client) => giveUpOnSilence(client))
    }
    this.client = new PrismaClient({ adapter: new PrismaPg(this.pool) })
  }

  /** Runs `work` in a READ COMMITTED transaction, again from its start if the database broke a deadlock or conflict at its cost. */
  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.client.$transaction(work, {
          isolationLevel: 'ReadCommitted',
          maxWait: TRANSACTION_WAIT_MS,
          timeout: TRANSACTION_TIMEOUT_MS,
        })
      } catch (error) {
        if (attempt === ATTEMPTS || !isConflict(error)) throw error
      }
    }
  }

  /** Runs `read` on one consistent view of the database. */
  snapshot<T>(read: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.client.$transaction(
      async (tx) => {
        await tx.$executeRaw`SET TRANSACTION READ ONLY`
        return read(tx)
      },
      { isolationLevel: 'RepeatableRead', maxWait: TRANSACTION_WAIT_MS, timeout: TRANSACTION_TIMEOUT_MS },
    )
  }

  async onModuleDestroy(): Promise<void> {
    await this.client.$disconnect()
    await Promise.all([this.pool.end(), this.figures.end()])
  }
}

/** Deadlocks and serialization failures: the transaction left nothing behind and may simply run again. */
function isConflict(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && (error.code === 'P2034' || /\b(40001|40P01)\b/.test(error.message))
}

/** Whether a row was refused because another one has what must be unique. */
export const isDuplicate = (error: unknown): boolean => error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002'

/** Whether the database could not be reached or was too busy, as opposed to having refused what it was asked. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof Prisma.PrismaClientInitializationError) return true
  // Prisma may pass on the code of the socket as its own.
  if (error instanceof Prisma.PrismaClientKnownRequestError && /^(P1\d\d\d|P2024|P2028|P2034|P2037)$/.test(error.code)) return true
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: { kind?: unknown } }
  // What the driver says before Prisma has made an error of its own of it.
  if (typeof cause?.kind === 'string' && /^(SocketTimeout|ConnectionClosed|DatabaseNotReachable|TooManyConnections)$/.test(cause.kind)) return true
  if (typeof code === 'string' && /^(08...|57P0.|53...|ECONN.*|ETIMEDOUT|EPIPE|ENOTFOUND)$/.test(code)) return true
  return error instanceof Error && /timeout exceeded when trying to connect|Connection terminated|connection timeout|connection error|Query read timeout/i.test(error.message)
}
