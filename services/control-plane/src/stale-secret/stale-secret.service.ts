/** Takes the reports of proxies about logins with secrets from before a rotation. */
import { Inject, Injectable } from '@nestjs/common'
import { seal, staleRequest } from '@pgbeam/contracts'
import { FleetRegistry } from '../fleet/fleet-registry.js'
import { ClusterKeys } from '../platform/crypto/cluster-keys.js'
import { LOGGER, type Logger } from '../platform/logger.js'
import { StaleSecretRepository } from './stale-secret.repository.js'

@Injectable()
export class StaleSecretService {
  constructor(
    private readonly registry: FleetRegistry,
    private readonly attempts: StaleSecretRepository,
    private readonly keys: ClusterKeys,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async report(jws: string): Promise<string> {
    const { body } = await this.registry.open('stale-request', jws, staleRequest)
    for (const credential of await this.attempts.add(body)) this.logger.warn({ credential }, 'a secret from before a rotation was tried')
    return seal('stale-reply', { nonce: body.nonce }, this.keys.signer)
  }
}
