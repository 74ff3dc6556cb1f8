/** Puts a replica together and takes it down again. */
import 'reflect-metadata'
import { NestFactory } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'
import type { NextFunction, Request, Response } from 'express'
import { apiReference } from './api-reference/api-reference.js'
import { AppModule } from './app.module.js'
import { FirstStart } from './first-start/first-start.service.js'
import type { Config } from './platform/config.js'
import { loadClusterKeys } from './platform/crypto/cluster-keys.js'
import { Keyring } from './platform/crypto/keyring.js'
import { Database } from './platform/database/database.js'
import { migrate } from './platform/database/migrate.js'
import { requestId } from './platform/http/request-id.js'
import { requestLog } from './platform/http/request-log.js'
import { endUnreadBody } from './platform/http/unread-body.js'
import { NestLogger, type Logger } from './platform/logger.js'
import { Nats } from './platform/nats/nats-connection.js'
import { SignedNatsServer } from './platform/nats/signed-server.js'
import type { Telemetry } from './platform/telemetry/telemetry.js'

export interface Replica {
  readonly app: NestExpressApplication
  readonly url: string
  close(): Promise<void>
}

/** Everything but the sockets: for commands that only need the services. */
export async function assemble(config: Config, logger: Logger): Promise<NestExpressApplication> {
  await migrate(config.databaseUrl, logger)
  const database = new Database(config, logger)
  const keyring = new Keyring(config.encryptionKeys)
  const keys = await loadClusterKeys(database, keyring)
  const platform = { config, logger, database, keyring, keys }
  return NestFactory.create<NestExpressApplication>(AppModule.of(platform), {
    logger: new NestLogger(logger),
    bodyParser: false,
    abortOnError: false,
  })
}

/** Starts a replica. It answers HTTP whether or not NATS can be reached. */
export async function startReplica(config: Config, logger: Logger, telemetry?: Telemetry): Promise<Replica> {
  const app = await assemble(config, logger)
  app.disable('x-powered-by')
  app.set('query parser', 'simple')
  app.set('etag', false)
  app.use((_request: Request, response: Response, next: NextFunction) => {
    response.setHeader('Cache-Control', 'no-store') // answers carry secrets and the state of the moment
    next()
  })
  app.use(requestId)
  app.use(requestLog(logger))
  app.use(endUnreadBody)
  app.use('/docs', apiReference)
  app.use('/metrics', (request: Request, response: Response, next: NextFunction) =>
    telemetry && request.method === 'GET' ? telemetry.scrape(request, response) : next(),
  )
  app.connectMicroservice({ strategy: new SignedNatsServer(app.get(Nats)) }, { inheritAppConfig: false })
  await app.get(FirstStart).run()
  void app.startAllMicroservices().catch((error: Error) => logger.error({ reason: error.message }, 'the subscriptions on NATS failed'))
  await app.listen(config.httpPort, config.httpHost)
  const url = await app.getUrl()
  logger.info({ url }, 'the control plane answers')
  return { app, url, close: () => app.close() }
}
