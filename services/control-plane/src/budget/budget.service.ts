/** Gives proxies shares of budgets, and takes back what they do not use. */
import { Injectable } from '@nestjs/common'
import { metrics } from '@opentelemetry/api'
import { budgetRequest, seal, type BudgetReply } from '@pgbeam/contracts'
import { parseId } from '@pgbeam/kernel'
import { FleetRegistry } from '../fleet/fleet-registry.js'
import { ClusterKeys } from '../platform/crypto/cluster-keys.js'
import { BudgetRepository } from './budget.repository.js'

const given = metrics.getMeter('pgbeam').createCounter('pgbeam_budget_shares', { description: 'Shares of budgets that proxies asked for, by budget and by whether there was anything left' })

@Injectable()
export class BudgetService {
  constructor(
    private readonly registry: FleetRegistry,
    private readonly budgets: BudgetRepository,
    private readonly keys: ClusterKeys,
  ) {}

  async share(jws: string): Promise<string> {
    const { body } = await this.registry.open('budget-request', jws, budgetRequest)
    const { policy, shares } = await this.budgets.share(body)
    for (const { kind, base, ceiling } of shares) {
      if (body.shares.some((one) => one.kind === kind && one.need > 0)) given.add(1, { budget: kind, outcome: ceiling > base ? 'given' : 'nothing' })
    }
    const reply: BudgetReply = { nonce: body.nonce, policy: policy && { id: parseId('PolicyId', policy.id), version: policy.version }, shares }
    return seal('budget-reply', reply, this.keys.signer)
  }
}
