/** The meters of this proxy, one for each credential (or application) whose policy has budgets. */
import { budgetReply, subjects } from '@pgbeam/contracts'
import type { ControlPlane } from '../control/control-plane.js'
import { hasBudgets, Meter, type Ask, type BudgetedPolicy } from './meter.js'

const TIMEOUT_MS = 2000
/** Questions under way: the line to NATS has room for a few times as many, and renewals of the lease need it. */
const AT_ONCE = 64
const LOOK_EVERY_MS = 1000
/** What has not been used for so long is given back: another proxy may need it. */
const IDLE_MS = 3000
/** A meter without sessions stays for so long: each new one is another row in the database. */
const KEPT_MS = 600_000

export class Budgets {
  private readonly meters = new Map<string, Meter>()
  private readonly timer = setInterval(() => {
    this.look()
  }, LOOK_EVERY_MS).unref()

  private underWay = 0
  private readonly turns: (() => void)[] = []

  constructor(
    private readonly askOf: (subjectId: string) => Ask,
    private readonly nowMs: () => number,
  ) {}

  get size(): number {
    return this.meters.size
  }

  /** The budgets of a session that opens; undefined where its policy has none. */
  open(subjectId: string, policy: BudgetedPolicy): Meter | undefined {
    if (!hasBudgets(policy)) return undefined
    let meter = this.meters.get(subjectId)
    if (!meter) this.meters.set(subjectId, (meter = new Meter(this.inTurn(this.askOf(subjectId)), this.nowMs)))
    meter.under(policy)
    meter.sessions++
    return meter
  }

  /** Each meter has one question at most, so those that wait are few, and each gets its turn. */
  private inTurn(ask: Ask): Ask {
    return async (question) => {
      if (this.underWay >= AT_ONCE) await new Promise<void>((resolve) => this.turns.push(resolve))
      else this.underWay++
      try {
        return await ask(question)
      } finally {
        const next = this.turns.shift()
        if (next) next()
        else this.underWay--
      }
    }
  }

  close(meter: Meter): void {
    meter.sessions--
    meter.idleSinceMs = this.nowMs()
  }

  look(nowMs = this.nowMs()): void {
    for (const [subjectId, meter] of this.meters) {
      const idleMs = nowMs - meter.idleSinceMs
      if (idleMs >= IDLE_MS) meter.giveBack()
      if (meter.sessions === 0 && idleMs >= KEPT_MS && !meter.holds) this.meters.delete(subjectId)
    }
  }

  /** The proxy leaves: what it holds is for the others. Waits for the answers, but not for long. */
  async stop(): Promise<void> {
    clearInterval(this.timer)
    const answers: Promise<void>[] = []
    for (const meter of this.meters.values()) {
      meter.giveBack()
      if (meter.holds) answers.push(new Promise((resolve) => { meter.whenAnswered(resolve) }))
    }
    await Promise.race([Promise.all(answers), new Promise((resolve) => setTimeout(resolve, 500))])
  }
}

export const askControlPlane = (controlPlane: Pick<ControlPlane, 'request'>, incarnation: string) => (subjectId: string): Ask => (question) =>
  controlPlane.request(subjects.budget, { request: 'budget-request', reply: 'budget-reply' }, { incarnation, subject_id: subjectId, ...question }, budgetReply, TIMEOUT_MS)
