/** Function calls: every function that the name could stand for must be one that only reads. */
import { TELLS_SEQUENCES } from './builtin-functions.js'
import type { FunctionEntry } from './catalog.js'
import { Refusal } from './denial.js'
import { lastAndSchema, literalText, nameParts, shown } from './names.js'
import type { Tree } from './parser.js'
import { sequenceRefusal } from './hidden-code.js'
import { checkTarget } from './relations.js'
import { mayRun, need } from './statement-kinds.js'
import { hintOf } from './table-lists.js'
import { parseTableName } from './table-names.js'
import { checkSetting, secretSetting } from './settings.js'
import { isSecretSetting } from './secrets.js'
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
  const risky = candidates.find((candidate) => candidate.risk !== undefined && !(candidate.builtin && countsUp(walk, name, args)))
  if (risky !== undefined) throw refusal(walk, schema, name, risky, candidates)
  if (walk.policy.tables !== undefined && READS_TABLES.has(name) && candidates.some((candidate) => !candidate.builtin)) {
    throw new Refusal('side_effect_function', `function ${shown(schema, name)} may not be called under a policy with table lists: it reads tables that it is told by name`, hintOf(walk.policy.tables))
  }
  if (walk.policy.tables !== undefined && TELLS_SEQUENCES.has(name)) throw sequenceRefusal(name, hintOf(walk.policy.tables))
  if (candidates.some((candidate) => candidate.builtin)) checkSpecial(walk, name, call, args)
}

function candidatesFor(walk: WalkState, schema: string | undefined, name: string): readonly FunctionEntry[] {
  const all = walk.catalog.functions.get(name) ?? []
  return schema === undefined ? all : all.filter((candidate) => candidate.schema === schema)
}

/** Whether this is a call that inserting rows needs: one that moves a sequence on. */
function countsUp(walk: WalkState, name: string, args: readonly Tree[]): boolean {
  const { policy } = walk
  if (!SEQUENCE_FUNCTIONS.has(name) || !(mayRun(policy, 'insert') || mayRun(policy, 'update'))) return false
  if (policy.tables !== undefined) checkSequence(walk, name, args[0])
  return true
}

/** Of well-known extensions (PostGIS): they look into any table, or into its statistics. */
const READS_TABLES = new Set(['st_estimatedextent', 'st_estimated_extent', 'geometry_estimated_extent', 'st_findextent', 'st_find_extent', 'find_extent'])

const SEQUENCE_FUNCTIONS = new Set(['nextval', 'setval'])

function checkSequence(walk: WalkState, name: string, argument: Tree | undefined): void {
  const text = literalText(argument, 'regclass')
  const parsed = text === undefined ? undefined : parseTableName(text)
  if (parsed === undefined || typeof parsed === 'string' || parsed.name === undefined) {
    throw new Refusal('side_effect_function', `${name} may be called with the sequence's name as a literal only, under a policy with table lists`, "For example: nextval('public.orders_id_seq').")
  }
  checkTarget(walk, { relname: parsed.name, inh: true, ...(/[.]/.test(text ?? '') && { schemaname: parsed.schema }) })
}

function refusal(walk: WalkState, schema: string | undefined, name: string, risky: FunctionEntry, candidates: readonly FunctionEntry[]): Refusal {
  // Which overload runs depends on argument types and on the search_path, so one that may not run shuts the bare name.
  if (schema === undefined && candidates.some((candidate) => candidate.builtin && candidate.risk === undefined)) {
    return new Refusal(
      'side_effect_function', `${name} could mean ${risky.schema}.${risky.name}, which ${risky.risk}`,
      `Write pg_catalog.${name}(…) to call the built-in function.`,
    )
  }
  const who = walk.policy.writes ? 'Under this policy a statement' : 'A read-only credential'
  const hint = risky.builtin
    ? `${who} may call functions that only read; use another one or a plain query.`
    : `${who} may call built-in functions and those of well-known extensions; write the query without it.`
  return new Refusal('side_effect_function', `function ${shown(schema, name)} may not be called: it ${risky.risk}`, hint)
}

function checkSpecial(walk: WalkState, name: string, call: Tree, args: readonly Tree[]): void {
  switch (name) {
    case 'set_config': {
      walk.literalFree = false
      need(walk.policy, 'set', 'set_config')
      const [setting, value] = args.map((each) => literalText(each))
      if (args.length !== 3 || setting === undefined || value === undefined) {
        throw new Refusal('session_guard', 'set_config may be called with a literal name and value only', "For example: set_config('search_path', 'public', false).")
      }
      return checkSetting(walk.policy, setting, [value])
    }
    case 'current_setting': {
      const setting = call['func_variadic'] === true ? undefined : literalText(args[0])
      if (setting !== undefined && isSecretSetting(setting)) throw secretSetting(`current_setting('${setting}')`)
      walk.readsSecrets ||= setting === undefined // rewritten: see rewrite/setting-calls.ts
      return
    }
    case 'pg_show_all_settings':
      walk.readsSecrets = true
      return
    case 'pg_stat_get_wal_receiver':
      throw new Refusal('closed_catalog', `${name}() is closed to this credential: it shows how this server logs in to another`, 'Read pg_stat_wal_receiver, which shows the same without it.')
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
