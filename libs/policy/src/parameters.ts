/** Types that a Parse message declares for its parameters: binding a value runs the type's input code. */
import { FIRST_USER_OID } from './catalog.js'
import { Refusal } from './denial.js'
import { riskyDomain } from './type-names.js'
import type { WalkState } from './walk-state.js'

export function checkParameterTypes(oids: readonly number[], walk: WalkState): void {
  for (const oid of oids) {
    if (oid < FIRST_USER_OID) continue
    if (!walk.catalog.typesByOid.has(oid)) {
      throw new Refusal('unresolved_name', `parameter type ${oid} is not known in this database`, 'Declare no type and let the server infer it.')
    }
    const domain = riskyDomain(walk, oid)
    if (domain !== undefined) {
      throw new Refusal('side_effect_function', `the checks of domain ${domain} call functions that may not run`, 'Declare the type that the domain is made of.')
    }
  }
}
