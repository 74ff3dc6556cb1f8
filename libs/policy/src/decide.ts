/** The verdict over one text: every statement in it passes, or none is forwarded. */
import { checkCounted } from './affected-rows.js'
import { emptyCatalog, type Catalog, type RelationEntry } from './catalog.js'
import { denied, Refusal } from './denial.js'
import { everyNode } from './every-node.js'
import { checkFloors, mayBreakFloors, readings } from './floors.js'
import { FLOOR_TEXT_BYTES_MAX, parseStatements, type Tree } from './parser.js'
import { checkStatement, type StatementFacts } from './statements.js'
import { mayWrite, outcomeOf } from './outcomes.js'
import { checkParameterTypes } from './parameters.js'
import { readsOlderRows } from './rewrite/closures.js'
import { guardLists } from './rewrite/list-guard.js'
import { protectionOf } from './rewrite/protection.js'
import { rewrite } from './rewrite/rewrite.js'
import { storedPolicy } from './policy.js'
import { checkRules, closesOlderRows, type TableLists } from './table-lists.js'
import { Walk } from './walk.js'
import type { Allowed, CompiledPolicy, DecideContext, Decision, Rewritten } from './types.js'

const UNPARSED: Allowed = Object.freeze({ allowed: true, rule: 'ok', kinds: Object.freeze([]), literalFree: true })

/** Whether the parser is needed for a text. Where it is not, `decide` takes no longer than a look at each character. */
export const isParsed = (text: string, policy: CompiledPolicy): boolean => policy.checked || mayBreakFloors(text)

/** Decides one Query or Parse text. Throws nothing: what cannot be decided is a denial. */
export function decide(text: string, context: DecideContext): Decision {
  if (!isParsed(text, context.policy)) return UNPARSED
  try {
    return context.policy.checked ? decideChecked(text, context) : decideFloors(text)
  } catch (error) {
    if (error instanceof Refusal) return denied(error)
    // A fault of ours, or a tree deeper than the stack: refused like anything that could not be decided.
    return denied(new Refusal('parse_error', 'the statement could not be checked', 'Simplify it, for example by nesting less.'))
  }
}

function decideChecked(text: string, context: DecideContext): Allowed {
  const { policy, catalogIsFresh } = context
  const catalog = context.catalog ?? emptyCatalog
  if (policy.tables !== undefined) checkRules(catalog, policy.tables)
  const statements = parseStatements(text)
  const facts = statements.map((statement) => {
    const found = checkStatement(statement, catalog, policy, catalogIsFresh)
    if (policy.tables !== undefined) checkOlderRows(statement, found, catalog, policy.tables)
    if (policy.writes) checkFloors(statement)
    if (policy.writes && policy.maxAffectedRows !== undefined) checkCounted(statement)
    return found
  })
  if (context.parameterTypes !== undefined) checkParameterTypes(context.parameterTypes, new Walk(catalog, policy))
  const kinds = facts.map((each) => each.kind)
  const limited = policy.maxRows !== undefined || policy.maxAffectedRows !== undefined
  const outcomes = limited ? statements.map(outcomeOf) : undefined
  const severalWrites = policy.writes && policy.maxAffectedRows !== undefined && context.protocol === 'simple' && statements.length > 1 && outcomes?.some(mayWrite) === true
  const rewritten = hideProtected(text, statements, facts, catalog, policy)
  const guarded = policy.tables && guardLists(rewritten?.text ?? text, rewritten === undefined ? statements : parseStatements(rewritten.text), facts, catalog, policy.tables)
  const parts = severalWrites ? partsOf(guarded?.text ?? rewritten?.text ?? text) : undefined
  // Each text has a rewriting and parts of its own, whatever its literals are; what only stands around it is the same. `HEADER 1` is an integer.
  const shared = rewritten === undefined && parts === undefined && (guarded === undefined || guarded.around !== undefined) && !(limited && kinds.includes('copy'))
  return {
    allowed: true,
    rule: 'ok',
    kinds,
    literalFree: shared && facts.every((each) => each.literalFree),
    ...(rewritten && { rewritten }),
    ...(guarded && { guarded }),
    ...(outcomes && { outcomes }),
    ...(parts && { parts }),
  }
}

function checkOlderRows(statement: Tree, { references }: StatementFacts, catalog: Catalog, lists: TableLists): void {
  if (references === undefined || !readsOlderRows([statement], references) || !closesOlderRows(catalog, lists)) return
  throw new Refusal('closed_catalog', 'this part of pg_attribute is closed under this policy: it holds values of tables that the policy does not open', 'List the columns that you need, without attmissingval.')
}

/** Longer texts are not filled up. */
const FILLED_CHARS_MAX = 8192

/** The texts of the statements, each where it stood: an error says where in the text it is. */
function partsOf(text: string): readonly string[] {
  const bytes = Buffer.from(text)
  return parseStatements(text).map((statement) => {
    const start = Number(statement['stmt_location'] ?? 0)
    const length = Number(statement['stmt_len'] ?? 0)
    const charsBefore = [...bytes.toString('utf8', 0, start)].length
    return ' '.repeat(text.length <= FILLED_CHARS_MAX ? charsBefore : 0) + bytes.toString('utf8', start, length === 0 ? bytes.length : start + length)
  })
}

/** Puts the policy's masks and row filters into the text; undefined where it names nothing that they stand before. */
function hideProtected(text: string, statements: readonly Tree[], facts: readonly StatementFacts[], catalog: Catalog, policy: CompiledPolicy): Rewritten | undefined {
  const protection = protectionOf(policy, catalog)
  if (protection === undefined) return facts.some((each) => each.readsSecrets === true) ? hideSecrets(text, statements, facts, catalog) : undefined
  if (facts.some((each) => each.kind === 'ddl')) {
    throw new Refusal('masked_relation', 'definitions are not changed by this credential, whose policy masks columns or filters rows: a view or a rename would be a way around it', 'Ask for a policy without masks and row filters to change definitions.')
  }
  const locks = policy.writes && statements.some((statement) => locksRows(statement))
  const targets = new Map(facts.flatMap((each) => [...(each.targets ?? [])]))
  const rewritten = rewrite(text, statements, { catalog, protection, targets, resolved: referencesIn(facts), resolve: (trees) => referencesIn(trees.map((tree) => checkStatement(tree, catalog, storedPolicy))) })
  if (locks && rewritten !== undefined && rewritten.masked.length + rewritten.filtered.length > 0) {
    throw new Refusal('locking_select', 'FOR UPDATE and FOR SHARE are not available where a table of the statement has masked columns or filtered rows', 'Leave out the locking clause; an UPDATE or DELETE locks the rows that it changes.')
  }
  return rewritten !== undefined && facts.some((each) => each.kind === 'explain') ? explained(rewritten, facts) : rewritten
}

/** Puts what may be seen of catalogs and settings that hold secrets in their place. */
function hideSecrets(text: string, statements: readonly Tree[], facts: readonly StatementFacts[], catalog: Catalog): Rewritten | undefined {
  return rewrite(text, statements, { catalog, protection: new Map(), secretsOnly: true, resolved: referencesIn(facts), resolve: (trees) => referencesIn(trees.map((tree) => checkStatement(tree, catalog, storedPolicy))) })
}

function locksRows(statement: Tree): boolean {
  let found = false
  everyNode(statement, (key) => !(found ||= key === 'lockingClause'))
  return found
}

/** A plan over protected data shows the rewriting, and rests on statistics of what is hidden. Over other tables the client's own text is explained. */
function explained(rewritten: Rewritten, facts: readonly StatementFacts[]): undefined {
  const [only, other] = facts
  if (other === undefined && only?.plansOnly === true && rewritten.masked.length === 0 && rewritten.filtered.length === 0) return undefined
  throw new Refusal(
    'masked_relation', 'EXPLAIN is not available here: plans over masked columns or filtered rows, and EXPLAIN ANALYZE, would tell of what this policy hides',
    'Run the query itself. EXPLAIN without ANALYZE works, as a statement of its own, for tables without masks and filters.',
  )
}

function referencesIn(facts: readonly StatementFacts[]): ReadonlyMap<Tree, readonly RelationEntry[]> {
  return new Map(facts.flatMap((each) => [...(each.references ?? [])]))
}

/** Where only the floors hold, whatever the server could read in the text must keep to them, and nothing else is asked of it. */
function decideFloors(text: string): Allowed {
  const [first, ...others] = readings(text)
  const faults: unknown[] = []
  for (const reading of [first ?? '', ...others]) {
    let statements
    try {
      statements = parseStatements(reading, FLOOR_TEXT_BYTES_MAX)
    } catch (error) {
      if (!(error instanceof Refusal) || error.sqlState !== '42601') throw error
      faults.push(error) // whichever way the server reads it: this one it refuses itself
      continue
    }
    for (const statement of statements) checkFloors(statement)
  }
  if (faults.length > others.length) throw faults[0]
  return UNPARSED
}
