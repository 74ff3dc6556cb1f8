/** Function calls: every function that the name could stand for must be one that only reads. */
import type { FunctionEntry } from './catalog.js'
import { Refusal } from './denial.js'
import { lastAndSchema, literalText, nameParts, shown } from './names.js'
import type { Tree } from './parser.js'
import { checkSetting } from './settings.js'
import { checkTypeByName, typeCandidates } from './type-names.js'
import type { WalkState } from './walk-state.js'

export function checkCall(walk: WalkState, call: Tree): void {
  const { name, schema } = lastAndSchema(nameParts(call['funcname']))
  const candidates = candidatesFor(walk, schema, name)
  const args = (call['args'] as readonly Tree[] | undefined) ?? []
  if (args.length > 1) walk.coerces = true
  // A name that is also a type's makes `name(x)` a cast.
  const types = args.length === 1 ? typeCandidates(walk, schema, name) : []
  if (types.length > 0) checkTypeByName(walk, schema, name)
  if (candidates.length === 0) {
    if (types.length > 0) return
    throw new Refusal(
      'unresolved_name', `function ${shown(schema, name)} is not known in this database`,
      'Check the spelling and the schema; \\df or pg_proc lists what there is.',
    )
  }
  const risky = candidates.find((candidate) => candidate.risk !== undefined)
  if (risky !== undefined) throw refusal(schema, name, risky, candidates)
  if (candidates.some((candidate) => candidate.builtin)) checkSpecial(walk, name, call, args)
}

function candidatesFor(walk: WalkState, schema: string | undefined, name: string): readonly FunctionEntry[] {
  const all = walk.catalog.functions.get(name) ?? []
  return schema === undefined ? all : all.filter((candidate) => candidate.schema === schema)
}

function refusal(schema: string | undefined, name: string, risky: FunctionEntry, candidates: readonly FunctionEntry[]): Refusal {
  // Which overload runs depends on argument types and on the search_path, so one that may not run shuts the bare name.
  if (schema === undefined && candidates.some((candidate) => candidate.builtin && candidate.risk === undefined)) {
    return new Refusal(
      'side_effect_function', `${name} could mean ${risky.schema}.${risky.name}, which ${risky.risk}`,
      `Write pg_catalog.${name}(…) to call the built-in function.`,
    )
  }
  const hint = risky.builtin
    ? 'A read-only credential may call functions that only read; use another one or a plain query.'
    : 'A read-only credential may call built-in functions and those of well-known extensions; write the query without it.'
  return new Refusal('side_effect_function', `function ${shown(schema, name)} may not be called: it ${risky.risk}`, hint)
}

function checkSpecial(walk: WalkState, name: string, call: Tree, args: readonly Tree[]): void {
  switch (name) {
    case 'set_config': {
      walk.literalFree = false
      const [setting, value] = args.map(literalText)
      if (args.length !== 3 || setting === undefined || value === undefined) {
        throw new Refusal('session_guard', 'set_config may be called with a literal name and value only', "For example: set_config('search_path', 'public', false).")
      }
      return checkSetting(walk.policy, setting, [value])
    }
    case 'ts_rewrite':
      // With two arguments the second is SQL text that the function runs.
      if (args.length === 3 && call['func_variadic'] !== true) return
      throw new Refusal('side_effect_function', 'ts_rewrite with a query as text runs SQL', 'Call it with three tsquery arguments.')
    case 'pg_input_is_valid': case 'pg_input_error_info': {
      // It runs the input code of the type it names, for a domain its checks.
      walk.literalFree = false
      const type = args.length === 2 ? literalText(args[1]) : undefined
      if (type === undefined || !/^[a-z_][a-z0-9_]*$/.test(type)) {
        throw new Refusal('side_effect_function', `${name} may be called with a plain type name as a literal only`, `For example: ${name}('12', 'integer').`)
      }
      if (typeCandidates(walk, undefined, type).length > 0) checkTypeByName(walk, undefined, type)
      return
    }
    case 'normalize': case 'is_normalized':
      // Grammar of its own since 13; an older server would look for a function of the user's.
      if (walk.catalog.serverMajor >= 13) return
      throw new Refusal('unresolved_name', `this server has no function ${name}`, 'Leave it out.')
    default:
      return
  }
}
