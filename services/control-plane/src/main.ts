#!/usr/bin/env node
/**
 * `main.js` runs a replica; `main.js join-token create|list|revoke` manages what lets proxies in, `main.js owner-link create`
 * what lets an owner in, `main.js log-epoch show|renew|confirm` what follows a restore.
 */
import { InvalidConfig, readConfig, type Config } from './platform/config.js'

const config = configuration()
// Before anything that it instruments is loaded: hence the dynamic imports below.
const { startTelemetry } = await import('./platform/telemetry/telemetry.js')
const [command, ...rest] = process.argv.slice(2)
const { makeLogger } = await import('./platform/logger.js')
const logger = makeLogger(command === undefined ? config.logLevel : 'warn')

try {
  if (command === undefined) await serve()
  else if (command === 'join-token') process.exitCode = await (await import('./fleet/join-token.command.js')).joinTokenCommand(rest, config, logger)
  else if (command === 'owner-link') process.exitCode = await (await import('./sign-in/owner-link.command.js')).ownerLinkCommand(rest, config, logger)
  else if (command === 'log-epoch') process.exitCode = await (await import('./organization/log-epoch.command.js')).logEpochCommand(rest, config, logger)
  else {
    process.stderr.write(`unknown command ${command}; there is: join-token create|list|revoke, owner-link create, log-epoch show|renew|confirm\n`)
    process.exitCode = 2
  }
} catch (error) {
  logger.fatal({ reason: error instanceof Error ? error.message : String(error) }, 'the control plane could not start')
  process.exit(1)
}

async function serve(): Promise<void> {
  // What nobody caught has left state behind that nobody knows: say so and go; another replica takes over.
  for (const kind of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(kind, (error: unknown) => {
      logger.fatal({ kind, reason: error instanceof Error ? error.message : String(error), stack: error instanceof Error ? error.stack : undefined }, 'the control plane failed and ends itself')
      process.exit(70)
    })
  }
  const telemetry = startTelemetry(config.otlpEndpoint)
  const { startReplica } = await import('./app.js')
  const replica = await startReplica(config, logger, telemetry)
  let stopping = false
  const stop = (signal: string): void => {
    if (stopping) return
    stopping = true
    logger.info({ signal }, 'stopping')
    void replica
      .close()
      .then(() => telemetry.shutdown())
      .catch((error: Error) => logger.error({ reason: error.message }, 'stopping was not clean'))
      .finally(() => process.exit(0))
  }
  process.on('SIGTERM', () => stop('SIGTERM'))
  process.on('SIGINT', () => stop('SIGINT'))
}

function configuration(): Config {
  try {
    return readConfig(process.env)
  } catch (error) {
    process.stderr.write(`${error instanceof InvalidConfig ? error.message : String(error)}\n`)
    return process.exit(1)
  }
}
