/** The gate: what a credential's policy lets a statement do, decided without I/O. */
export { loadParser, TEXT_BYTES_MAX } from './parser.js'
export { catalogQueries } from './catalog-queries.js'
export { buildCatalog, type Catalog } from './catalog.js'
export { compilePolicy } from './policy.js'
export { decide } from './decide.js'
export { sessionGuards, checkStartupSetting } from './guards.js'
export type { Allowed, CompiledPolicy, DecideContext, Decision, Denied, Policy, Rule } from './types.js'
