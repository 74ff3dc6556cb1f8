/** Attacks in pairs: one on what a policy hides, and its twin on what no rule protects, which must answer, since refusing everything would be no success. */
import type { CompiledPolicy, Denied } from '../types.js'
import { rewrittenOf, seen } from './masked-databases.js'

export interface AttackPair {
  readonly family: string
  readonly sql: string
  /** The same without a protected thing. */
  readonly open: string
}

export interface PairsOutcome {
  /** Those that two databases answer in two ways, or with a value that is hidden. */
  readonly told: readonly unknown[]
  /** Those whose twin does not answer. */
  readonly mute: readonly unknown[]
  /** Refusals that are none of access. */
  readonly strange: readonly Denied[]
  /** How many were sent and refused, by family. */
  readonly summary: string
}

const HIDDEN = /canary|\b[01]{128}\b/i
const ENDS = ['ROLLBACK', 'RESET ALL', 'CLOSE ALL', 'DEALLOCATE ALL']

/** @param harmless parts of an answer that quote the attack itself */
export async function attackInPairs(pairs: readonly AttackPair[], policy: CompiledPolicy, harmless = /(?!)/g): Promise<PairsOutcome> {
  const [told, mute, strange]: [unknown[], unknown[], Denied[]] = [[], [], []]
  const refusals = new Map<string, number>()
  for (const { family, sql, open } of pairs) {
    const unprotected = rewrittenOf(open, policy)
    const answer = typeof unprotected === 'string' ? await seen('real', unprotected) : unprotected
    if (typeof unprotected !== 'string' || (answer as { code?: string }).code !== undefined) mute.push({ family, open, answer })
    await seen('real', 'ROLLBACK')
    const rewritten = rewrittenOf(sql, policy)
    if (typeof rewritten !== 'string') {
      if (!rewritten.sqlState.startsWith('42')) strange.push(rewritten)
      refusals.set(family, (refusals.get(family) ?? 0) + 1)
      continue
    }
    const [real, twin] = [await seen('real', rewritten), await seen('twin', rewritten)].map((each) => JSON.stringify(each)) as [string, string]
    if (real !== twin || HIDDEN.test(real.replaceAll(harmless, ''))) told.push({ family, sql, real: real.slice(0, 300), twin: twin.slice(0, 300) })
    for (const kind of ['real', 'twin'] as const) for (const end of ENDS) await seen(kind, end)
  }
  const refused = [...refusals.values()].reduce((sum, each) => sum + each, 0)
  const families = [...refusals].map(([family, count]) => `${family} ${count}`).join(', ')
  return { told, mute, strange, summary: `${pairs.length} attacks, ${refused} refused (${Math.round((refused / pairs.length) * 100)} %): ${families}` }
}
