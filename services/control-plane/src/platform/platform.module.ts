import { Global, Module, type DynamicModule } from '@nestjs/common'
import { DiscoveryModule } from '@nestjs/core'
import { CONFIG, type Config } from './config.js'
import { ClusterKeys } from './crypto/cluster-keys.js'
import { Keyring } from './crypto/keyring.js'
import { OneTimeTokens } from './crypto/one-time-tokens.js'
import { Database } from './database/database.js'
import { Problems } from './http/problems.js'
import { RouteTable } from './http/route-table.js'
import { LOGGER, type Logger } from './logger.js'
import { Nats } from './nats/nats-connection.js'

export interface Platform {
  readonly config: Config
  readonly logger: Logger
  readonly database: Database
  readonly keyring: Keyring
  readonly keys: ClusterKeys
}

/** What every feature stands on. The database and the keys are there before Nest starts. */
@Global()
@Module({})
export class PlatformModule {
  static of({ config, logger, database, keyring, keys }: Platform): DynamicModule {
    return {
      module: PlatformModule,
      imports: [DiscoveryModule],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: LOGGER, useValue: logger },
        { provide: Database, useFactory: () => database },
        { provide: Keyring, useValue: keyring },
        { provide: ClusterKeys, useValue: keys },
        Nats,
        OneTimeTokens,
        Problems,
        RouteTable,
      ],
      exports: [CONFIG, LOGGER, Database, Keyring, ClusterKeys, Nats, OneTimeTokens, Problems, RouteTable],
    }
  }
}
