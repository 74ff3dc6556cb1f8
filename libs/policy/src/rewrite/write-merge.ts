/**
 * The check of a MERGE stands twice. Beside its source, where the server evaluates it before it joins anything; and in each
 * WHEN, where it is evaluated before a row is written even if the server can do without the source.
 */
import { Refusal } from '../denial.js'
import { shown } from '../names.js'
import { parseStatements, type Tree } from '../parser.js'
import { insertion, type Edit } from './edits.js'
import { conditionTree, WRAP } from './guard.js'
import { quoteName } from './sql.js'
import { unreadable, type Tokens } from './tokens.js'
import { clausesOf, type Fields, type Write } from './write.js'

/** For these the server may read the target before it knows that the check holds. */
export function checkClauses({ body, relation }: Write): void {
  if (!clausesOf(body).some((clause) => clause.matchKind === 'MERGE_WHEN_NOT_MATCHED_BY_SOURCE')) return
  throw new Refusal(
    'masked_relation', `WHEN NOT MATCHED BY SOURCE is not available for ${shown(relation.schema, relation.name)}, which has masked columns`,
    'Write an UPDATE or DELETE with WHERE NOT EXISTS.',
  )
}

/** @param from the token behind the target's name */
export function mergeGuardEdits(body: Fields, from: number, condition: string, tokens: Tokens, changes: (() => void)[]): Edit[] {
  const words = [...outerWords(tokens, from)]
  const whens = words.filter((at) => tokens.is(at, 'when'))
  const clauses = clausesOf(body)
  // A source that is a join has an ON of its own, before that of the MERGE.
  const on = words.filter((at) => tokens.is(at, 'on') && at < (whens[0] ?? 0)).at(-1)
  if (on === undefined || whens.length !== clauses.length) throw unreadable()
  return [besideSource(body, on, condition, tokens, changes), ...whens.flatMap((at, n) => intoWhen(clauses[n] as Fields, at, words, condition, tokens, changes))]
}

/** Words of a MERGE that stand in no parentheses and no CASE, up to RETURNING. */
function* outerWords(tokens: Tokens, from: number): Generator<number> {
  for (let depth = 0, at = from; at < tokens.list.length; at++) {
    if (tokens.is(at - 1, '.')) continue
    if (tokens.is(at, '(') || tokens.is(at, 'case')) depth++
    else if (tokens.is(at, ')') || tokens.is(at, 'end')) {
      if (--depth < 0) return
    } else if (depth === 0) {
      if (tokens.is(at, ';') || tokens.is(at, 'returning')) return
      yield at
    }
  }
}

function besideSource(body: Fields, on: number, condition: string, tokens: Tokens, changes: (() => void)[]): Edit {
  const joined = ` CROSS JOIN (SELECT WHERE ${condition}) AS ${quoteName(WRAP)} `
  changes.push(() => {
    const { stmt } = parseStatements(`SELECT FROM x${joined}`)[0] as { stmt: Tree }
    const [join] = (stmt['SelectStmt'] as { fromClause: [{ JoinExpr: Fields }] }).fromClause
    join.JoinExpr['larg'] = body['sourceRelation']
    body['sourceRelation'] = join
  })
  return insertion(tokens.end(on - 1), joined)
}

/** `WHEN [NOT] MATCHED [BY SOURCE | BY TARGET] [AND …] THEN`. */
function intoWhen(clause: Fields, when: number, words: readonly number[], condition: string, tokens: Tokens, changes: (() => void)[]): Edit[] {
  let at = when + 1
  if (tokens.is(at, 'not')) at++
  at = tokens.expect(at, 'matched')
  if (tokens.is(at, 'by')) at += 2
  const then = words.find((each) => each >= at && tokens.is(each, 'then'))
  if (then === undefined) throw unreadable()
  const own = clause['condition']
  if (own === undefined) {
    if (then !== at) throw unreadable()
    changes.push(() => (clause['condition'] = conditionTree(condition)))
    return [insertion(tokens.end(at - 1), ` AND ${condition} `)]
  }
  const first = tokens.expect(at, 'and')
  changes.push(() => (clause['condition'] = { BoolExpr: { boolop: 'AND_EXPR', args: [conditionTree(condition), clause['condition']] } }))
  return [insertion(tokens.end(first - 1), ` ${condition} AND (`), insertion(tokens.end(then - 1), ') ')]
}
