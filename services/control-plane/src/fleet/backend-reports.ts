/** Takes in which sessions proxies have open at databases. */
import { Injectable } from '@nestjs/common'
import { backendsRequest, seal } from '@pgbeam/contracts'
import { ClusterKeys } from '../platform/crypto/cluster-keys.js'
import { FleetRegistry } from './fleet-registry.js'
import { UpstreamBackendsRepository } from './upstream-backends.repository.js'

@Injectable()
export class BackendReports {
  constructor(
    private readonly registry: FleetRegistry,
    private readonly backends: UpstreamBackendsRepository,
    private readonly keys: ClusterKeys,
  ) {}

  /** Answers once it is stored. */
  async report(jws: string): Promise<string> {
    const { body } = await this.registry.open('backends-request', jws, backendsRequest)
    await this.backends.store(body)
    return seal('backends-reply', { nonce: body.nonce }, this.keys.signer)
  }
}
