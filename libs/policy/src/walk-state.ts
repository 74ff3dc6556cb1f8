/** What the checks see of the walker: what is known of one statement so far. An interface, so that checks do not import it. */
import type { AttributeReach, Catalog, RelationEntry } from './catalog.js'
import type { Tree } from './parser.js'
import type { CompiledPolicy } from './types.js'

/** `opaque` items may have a plain value for a row, as functions do; `record` ones are queries; a table's columns are known. */
export type FromItem =
  | { readonly kind: 'opaque' | 'record' }
  | { readonly kind: 'table'; readonly relations: readonly number[]; readonly renamed: boolean }

export interface AttributeUse {
  readonly qualifier: string
  readonly name: string
  readonly reach: AttributeReach
}

export interface WalkState {
  readonly catalog: Catalog
  readonly policy: CompiledPolicy
  readonly catalogIsFresh: boolean
  /** How many views deep. */
  readonly depth: number
  /** Names of WITH queries in scope, innermost last. */
  readonly withNames: string[]
  /** Types not made by initdb that the statement's relations, columns and casts bring in. */
  readonly types: Set<number>
  /** Last parts of the type names written in the statement: the targets of its casts. */
  readonly castTargets: Set<string>
  /** Operators by name that a risky operator of the database could answer to. */
  readonly operators: Set<string>
  /** `qualifier.name` where name is also a function that may not run. */
  readonly attributes: AttributeUse[]
  /** What each relation that is named could stand for, by its node in the tree. */
  readonly references: Map<Tree, readonly RelationEntry[]>
  /** What the statement writes to. */
  readonly written: RelationEntry[]
  /** The same by the nodes that name it. */
  readonly targets: Map<Tree, readonly RelationEntry[]>
  /** What stands in FROM anywhere in the statement, by the name it is called by. */
  readonly fromItems: Map<string, FromItem[]>
  /** A construct was seen that may turn an untyped literal into a value of its neighbour's type. */
  coerces: boolean
  operatorSeen: boolean
  /** False once a literal's value took part in the verdict. */
  literalFree: boolean
  /** Something is read that may hold secrets of the server, and has to be rewritten. */
  readsSecrets: boolean
  /** Checks the SQL of a view or of a domain's check, as a statement of its own. Throws a Refusal like any check. @returns its `readsSecrets` */
  checkStored(sql: string): boolean
}
