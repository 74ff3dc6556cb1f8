/** Brings the schema up to date at start. Replicas that start together wait for each other. */
import { fileURLToPath } from 'node:url'
import { runner } from 'node-pg-migrate'
import type { Logger } from '../logger.js'

const migrationsDir = fileURLToPath(new URL('../../../migrations', import.meta.url))

export async function migrate(databaseUrl: string, logger: Logger): Promise<void> {
  await runner({
    databaseUrl,
    dir: migrationsDir,
    direction: 'up',
    // In a schema of its own: the comparison with schema.prisma must not see it.
    migrationsTable: 'schema_migration',
    migrationsSchema: 'migrations',
    createMigrationsSchema: true,
    singleTransaction: false,
    advisoryLockMode: 'wait',
    checkOrder: true,
    logger: {
      debug: (message) => logger.debug(message),
      info: (message) => logger.debug(message),
      warn: (message) => logger.warn(message),
      error: (message) => logger.error(message),
    },
  })
}
