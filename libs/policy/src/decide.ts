/** The verdict over one text: every statement in it passes, or none is forwarded. */
import { emptyCatalog, type Catalog, type RelationEntry } from './catalog.js'
import { denied, Refusal } from './denial.js'
import { parseStatements, type Tree } from './parser.js'
import { checkStatement } from './statements.js'
import { checkParameterTypes } from './parameters.js'
import { protectionOf, protects } from './rewrite/protection.js'
import { rewrite, type Rewriting } from './rewrite/rewrite.js'
import { Walk } from './walk.js'
import type { Allowed, CompiledPolicy, DecideContext, Decision, Rewritten } from './types.js'

// Under read_write the server decides, so nothing is parsed.
const UNRESTRICTED: Allowed = Object.freeze({ allowed: true, rule: 'ok', kinds: Object.freeze([]), literalFree: true })

/** Decides one Query or Parse text. Throws nothing: what cannot be decided is a denial. */
export function decide(text: string, context: DecideContext): Decision {
  const { policy } = context
  if (policy.accessMode === 'read_write' && !protects(policy)) return UNRESTRICTED
  try {
    const catalog = context.catalog ?? emptyCatalog
    const protection = protectionOf(policy, catalog)
    const statements = parseStatements(text)
    const resolved = new Map<Tree, readonly RelationEntry[]>()
    const kinds: string[] = []
    let literalFree = true
    for (const statement of statements) {
      const facts = checkStatement(statement, catalog, policy)
      kinds.push(facts.kind)
      literalFree &&= facts.literalFree
      for (const [range, candidates] of facts.references ?? []) resolved.set(range, candidates)
    }
    if (context.parameterTypes !== undefined) checkParameterTypes(context.parameterTypes, new Walk(catalog, context.policy))
    if (protection === undefined) return { allowed: true, rule: 'ok', kinds, literalFree }
    const rewritten = rewriteProtected(text, statements, kinds, { catalog, protection, resolved, resolve: (trees) => resolveAll(trees, catalog, policy) })
    // Each text has a rewriting of its own, whatever its literals are.
    return { allowed: true, rule: 'ok', kinds, literalFree: literalFree && rewritten === undefined, ...(rewritten === undefined ? {} : { rewritten }) }
  } catch (error) {
    if (error instanceof Refusal) return denied(error)
    // A fault of ours, or a tree deeper than the stack: refused like anything that could not be decided.
    return denied(new Refusal('parse_error', 'the statement could not be checked', 'Simplify it, for example by nesting less.'))
  }
}

function rewriteProtected(text: string, statements: readonly Tree[], kinds: readonly string[], rewriting: Rewriting): Rewritten | undefined {
  const rewritten = rewrite(text, statements, rewriting)
  if (rewritten !== undefined && kinds.includes('explain')) {
    throw new Refusal('masked_relation', 'EXPLAIN of tables is not available to this credential, whose policy masks columns or filters rows: plans show how', 'Run the query itself.')
  }
  return rewritten
}

/** What the relations named in a view's definition stand for. */
function resolveAll(trees: readonly Tree[], catalog: Catalog, policy: CompiledPolicy): ReadonlyMap<Tree, readonly RelationEntry[]> {
  const resolved = new Map<Tree, readonly RelationEntry[]>()
  for (const tree of trees) for (const [range, candidates] of checkStatement(tree, catalog, policy).references ?? []) resolved.set(range, candidates)
  return resolved
}
