/**
 * Statements that define tables, views, indexes, types and sequences, under a policy that allows `ddl` and has no table lists.
 * Whatever brings code along (functions, triggers, rules, casts, extensions) or hands out rights is refused: it would undo the
 * rules about statements from inside the database.
 */
import { Refusal } from './denial.js'
import type { Tree } from './parser.js'
import { nodeShapes } from './node-kinds.js'
import { need } from './statement-kinds.js'
import type { StatementFacts } from './statements.js'
import type { Walk } from './walk.js'

/** As people call them. */
const DEFINITIONS = new Map([
  ['CreateStmt', 'CREATE TABLE'], ['CreateTableAsStmt', 'CREATE TABLE AS'], ['ViewStmt', 'CREATE VIEW'], ['IndexStmt', 'CREATE INDEX'],
  ['CreateSeqStmt', 'CREATE SEQUENCE'], ['AlterSeqStmt', 'ALTER SEQUENCE'], ['AlterTableStmt', 'ALTER TABLE'], ['RenameStmt', 'ALTER … RENAME'],
  ['CommentStmt', 'COMMENT'], ['CreateSchemaStmt', 'CREATE SCHEMA'], ['CreateEnumStmt', 'CREATE TYPE'], ['AlterEnumStmt', 'ALTER TYPE'],
  ['CompositeTypeStmt', 'CREATE TYPE'], ['CreateDomainStmt', 'CREATE DOMAIN'], ['AlterDomainStmt', 'ALTER DOMAIN'], ['CreateRangeStmt', 'CREATE TYPE'],
  ['RefreshMatViewStmt', 'REFRESH MATERIALIZED VIEW'], ['AlterObjectSchemaStmt', 'ALTER … SET SCHEMA'], ['CreateStatsStmt', 'CREATE STATISTICS'],
  ['AlterStatsStmt', 'ALTER STATISTICS'], ['TruncateStmt', 'TRUNCATE'], ['DropStmt', 'DROP'], ['DropOwnedStmt', 'DROP OWNED'],
  ['DropRoleStmt', 'DROP ROLE'], ['DropdbStmt', 'DROP DATABASE'], ['DropTableSpaceStmt', 'DROP TABLESPACE'], ['DropSubscriptionStmt', 'DROP SUBSCRIPTION'],
  ['DropUserMappingStmt', 'DROP USER MAPPING'], ['CreateFunctionStmt', 'CREATE FUNCTION'], ['CreateTrigStmt', 'CREATE TRIGGER'], ['RuleStmt', 'CREATE RULE'],
  ['CreateExtensionStmt', 'CREATE EXTENSION'], ['CreateCastStmt', 'CREATE CAST'], ['CreatePolicyStmt', 'CREATE POLICY'], ['GrantStmt', 'GRANT and REVOKE'],
  ['GrantRoleStmt', 'GRANT and REVOKE'], ['CreateRoleStmt', 'CREATE ROLE'], ['AlterRoleStmt', 'ALTER ROLE'], ['DefineStmt', 'CREATE of an operator, aggregate or the like'],
  ['CreatedbStmt', 'CREATE DATABASE'], ['AlterOwnerStmt', 'ALTER … OWNER'],
])
const CARRIES_CODE = new Set([
  'CreateFunctionStmt', 'CreateTrigStmt', 'RuleStmt', 'CreateExtensionStmt', 'CreateCastStmt', 'CreatePolicyStmt', 'GrantStmt', 'GrantRoleStmt', 'CreateRoleStmt',
  'AlterRoleStmt', 'DefineStmt', 'CreatedbStmt', 'AlterOwnerStmt',
])

export const isDefinition = (kind: string): boolean => DEFINITIONS.has(kind)

export function checkDefinition(kind: string, body: Tree, walk: Walk): StatementFacts {
  const what = DEFINITIONS.get(kind) ?? kind
  need(walk.policy, 'ddl', what)
  if (walk.policy.tables !== undefined) {
    throw new Refusal('statement_not_allowed', `${what} is refused: a policy with table lists lets nobody define objects`, 'Ask for a policy without table lists to change definitions.')
  }
  if (CARRIES_CODE.has(kind)) throw code(what)
  descend(walk, body)
  walk.finish()
  if (walk.readsSecrets) throw new Refusal('closed_catalog', `${what} may not read catalogs of the server that hold secrets, nor a setting whose name is known only while it runs`, 'Read them in a query.')
  return { kind: 'ddl', literalFree: walk.literalFree }
}

function code(what: string): Refusal {
  return new Refusal('statement_not_allowed', `${what} is refused: this policy has rules about statements or rows, and what it makes could do anything`, 'Ask for a read_write policy without statement rules and limits on rows.')
}

// Names of what is defined or changed, and lists around things: nothing of them runs.
const PLAIN = new Set(['RangeVar', 'ColumnDef', 'List', 'String', 'Integer', 'Float', 'Boolean', 'BitString', 'TypeName', 'RoleSpec'])
const SERIAL = /^(small|big)?serial[248]?$/

/** Looks for expressions and queries inside, and checks those as anywhere else. */
function descend(walk: Walk, value: unknown): void {
  if (Array.isArray(value)) {
    for (const item of value) descend(walk, item)
    return
  }
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value as Record<string, unknown>)) {
    if (!/^[A-Z]/.test(key)) {
      if (key === 'typeName') checkTypeOf(walk, inner)
      else descend(walk, inner)
      continue
    }
    if (nodeShapes.has(key) && !PLAIN.has(key)) walk.node({ [key]: inner })
    else if (key.endsWith('Stmt') && (!DEFINITIONS.has(key) || CARRIES_CODE.has(key))) throw code(DEFINITIONS.get(key) ?? 'a statement inside')
    else descend(walk, inner)
  }
}

function checkTypeOf(walk: Walk, type: unknown): void {
  const names = (type as { readonly names?: readonly { readonly String?: { readonly sval?: string } }[] }).names
  if (names === undefined) return // the name of a type that is being made
  if (names.length === 1 && SERIAL.test(names[0]?.String?.sval ?? '')) return
  walk.node({ TypeName: type })
}
