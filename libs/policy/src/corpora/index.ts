/** Statements to test the gate with: for this library's specs and for the end-to-end tests, which send them through the proxy. */
export { analytics, type LegitimateStatement } from './analytics.js'
export { attacks, type Attack } from './attacks.js'
export { fixtureSchema } from './fixture.js'
export { toolStatements, type ToolStatement } from './tools.js'
export { casePolicies, ruleCases, type CasePolicy, type RuleCase } from './rule-cases.js'
export { definitionAttacks, maskAttacks } from './mask-attacks.js'
export { maskedData, maskedSchema } from './masked-fixture.js'
export { maskedQueries } from './masked-queries.js'
