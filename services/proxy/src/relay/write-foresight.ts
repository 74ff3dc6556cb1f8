/**
 * Which Execute may be a write, asked before the server has answered what was sent ahead of it: whether a Parse or Bind
 * took effect is not known then. Within a batch it did, or the Execute is skipped; what an earlier batch may have left
 * counts as well, and what is not known is a write.
 */
import { mayWrite, type Outcome } from '@pgbeam/policy'

export class WriteForesight {
  /** In the open batch, by name: whether it may write. */
  private readonly statements = new Map<string, boolean>()
  private readonly portals = new Map<string, boolean>()
  /** Names for which a Parse or Bind of one that may write is not answered yet. */
  private readonly unanswered = { parse: new Map<string, number>(), bind: new Map<string, number>() }
  /** SQL has prepared a write: which name it has, and since when, is not followed. */
  private prepared = false

  /** @param max rows that a write may affect: one that cannot affect more is none */
  constructor(private readonly max: number) {}

  /** Whether a statement's end has to be awaited. */
  awaits(outcome: Outcome): boolean {
    return mayWrite(outcome) && !(outcome.type === 'write' && outcome.atMost !== undefined && outcome.atMost <= this.max)
  }

  /** The statements of a text. */
  texts(outcomes: readonly Outcome[]): void {
    for (const outcome of outcomes) if (outcome.type === 'prepare' && this.awaits(outcome.outcome)) this.prepared = true
  }

  /** @returns whether the statement may write */
  parse(name: string, outcome: Outcome): boolean {
    const writes = this.awaits(outcome)
    this.statements.set(name, writes)
    return this.asked('parse', name, writes)
  }

  /** @param known what the server has the statement for, as far as it has answered */
  bind(portal: string, statement: string, known: Outcome | undefined): boolean {
    const writes = this.statements.get(statement) ?? (this.unanswered.parse.has(statement) || known === undefined || this.awaits(known))
    this.portals.set(portal, writes)
    return this.asked('bind', portal, writes)
  }

  /** @param known what the server has the portal for, as far as it has answered */
  execute(portal: string, known: Outcome | undefined): boolean {
    return this.prepared || (this.portals.get(portal) ?? (this.unanswered.bind.has(portal) || known === undefined || this.awaits(known)))
  }

  /** A Sync or a Query. */
  batchOver(): void {
    this.statements.clear()
    this.portals.clear()
  }

  /** A Parse or Bind that may write is answered, or skipped. */
  answered(kind: 'parse' | 'bind', name: string): void {
    const left = (this.unanswered[kind].get(name) ?? 0) - 1
    if (left > 0) this.unanswered[kind].set(name, left)
    else this.unanswered[kind].delete(name)
  }

  private asked(kind: 'parse' | 'bind', name: string, writes: boolean): boolean {
    if (writes) this.unanswered[kind].set(name, (this.unanswered[kind].get(name) ?? 0) + 1)
    return writes
  }
}
