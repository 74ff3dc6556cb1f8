/** From the policy as published to the form that `decide` reads. */
import type { CompiledPolicy, Policy } from './types.js'

export function compilePolicy(policy: Policy): CompiledPolicy {
  return Object.freeze({
    id: policy.id,
    version: policy.version,
    accessMode: policy.accessMode,
    statementTimeoutMsMax: policy.statementTimeoutMsMax ?? undefined,
    maskingRules: policy.maskingRules ?? [],
    rowFilters: policy.rowFilters ?? [],
  })
}
