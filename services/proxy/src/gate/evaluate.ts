/** A dry run: what the gate would say to a text, by the same engine and the same knowledge of the database, and nothing is run. */
import { decide, type CompiledPolicy, type Decision } from '@pgbeam/policy'
import type { CatalogView } from './watched-catalog.js'
import type { LargeTextJudge } from './large-texts.js'
import { HERE_BYTES_MAX, isUnresolved } from './policy-gate.js'

/** @param view undefined where the policy needs no catalog */
export async function evaluate(policy: CompiledPolicy, view: CatalogView | undefined, large: LargeTextJudge, text: string): Promise<Decision> {
  const decision = await once(policy, view, large, text, false)
  if (view === undefined || !isUnresolved(decision)) return decision
  await view.refresh()
  return once(policy, view, large, text, true)
}

function once(policy: CompiledPolicy, view: CatalogView | undefined, large: LargeTextJudge, text: string, catalogIsFresh: boolean): Decision | Promise<Decision> {
  const request = { text, protocol: 'simple', parameterTypes: [], catalogIsFresh } as const
  if (text.length <= HERE_BYTES_MAX) return decide(text, { ...request, policy, catalog: view?.current })
  return new Promise((resolve) => {
    large.judge(`dry run of ${policy.id}`, policy, view?.current, request, resolve)
  })
}
