/** What a meter lets through, and what it asks for, with a control plane that answers when it is told to. */
import { beforeEach, describe, expect, it } from '@jest/globals'
import type { BudgetReply } from '@pgbeam/contracts'
import { giveShare } from '@pgbeam/enforcement'
import { Budgets } from './budgets.js'
import { Meter, type BudgetedPolicy, type Question } from './meter.js'

const HOUR_MS = 3_600_000
const policyOf = (rules: Partial<BudgetedPolicy>, version = 1): BudgetedPolicy => ({
  id: 'pol_01jd3v5k8q0000000000000000' as BudgetedPolicy['id'], version, budget_queries_per_hour: null, budget_queries_per_day: null, egress_bytes_per_day: null, ...rules,
})

/** One counter, and its answers on their way. */
class Control {
  nowMs = 1000
  version = 1
  limit = 1000
  others = 0
  readonly questions: Question[] = []
  private readonly open: { question: Question; resolve: (reply: Pick<BudgetReply, 'policy' | 'shares'>) => void; reject: (error: Error) => void }[] = []
  readonly ask = (question: Question): Promise<Pick<BudgetReply, 'policy' | 'shares'>> => {
    this.questions.push(question)
    return new Promise((resolve, reject) => this.open.push({ question, resolve, reject }))
  }
  get asked(): number {
    return this.open.length
  }
  async answer(): Promise<void> {
    const { question, resolve } = this.open.shift()!
    const window = new Date(Math.floor(this.nowMs / HOUR_MS) * HOUR_MS).toISOString()
    resolve({
      policy: { id: policyOf({}).id, version: this.version },
      shares: question.shares.map(({ kind, window: known, keep, spent, need }) => {
        const base = known === window ? keep : 0
        const given = giveShare({ limit: this.limit, others: this.others, keep: base, spent: known === window ? spent : 0, need })
        return { kind, window, ends_at: new Date(Date.parse(window) + HOUR_MS).toISOString(), base, ...given }
      }),
    })
    await settled()
  }
  async fail(): Promise<void> {
    this.open.shift()!.reject(new Error('nobody there'))
    await settled()
  }
}
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

let control: Control
let meter: Meter
beforeEach(async () => {
  control = new Control()
  meter = new Meter(control.ask, () => control.nowMs)
})
const open = async (rules: Partial<BudgetedPolicy>): Promise<void> => {
  meter.under(policyOf(rules))
  await control.answer()
}
const code = (spending: ReturnType<Meter['statements']>): string | undefined => (typeof spending === 'object' ? spending.sqlState : spending)

describe('a meter', () => {
  it('asks before anybody needs it, and again when half of a share is spent, without anybody waiting', async () => {
    await open({ budget_queries_per_hour: 1000 })
    for (let n = 0; n < 10; n++) expect(meter.statements(1)).toBeUndefined()
    expect(control.asked).toBe(0)
    expect(meter.statements(1)).toBeUndefined()
    expect([control.asked, control.questions.at(-1)?.shares]).toMatchObject([1, [{ keep: 20, spent: 11, need: 1 }]])
    for (let n = 0; n < 9; n++) expect(meter.statements(1)).toBeUndefined()
    expect(meter.statements(1)).toBe('later')
    await control.answer()
    for (let n = 0; n < 11; n++) expect(meter.statements(1)).toBeUndefined()
  })

  it('lets nothing through that it has no share for, and refuses once the answer is that there is none', async () => {
    control.others = 998
    await open({ budget_queries_per_hour: 1000 })
    expect([meter.statements(1), meter.statements(1)]).toEqual([undefined, 'later'])
    let woken = 0
    meter.whenAnswered(() => woken++)
    await control.answer()
    expect([woken, meter.statements(1)]).toEqual([1, undefined])
    // That was the last one, and the answer said so.
    expect(meter.statements(1)).toMatchObject({ sqlState: '53400', detail: 'rule: budget_exhausted', message: 'the budget of 1000 statements an hour is spent', hint: expect.stringContaining('1970-01-01T01:00:00.000Z') })
    expect(control.asked).toBe(0)
    // Somebody may have given something back since.
    control.nowMs += 1001
    control.others = 900
    expect(meter.statements(1)).toBe('later')
    await control.answer()
    expect(meter.statements(1)).toBeUndefined()
  })

  it('says that it does not know where nobody answers, tries again soon, and spends what it has meanwhile', async () => {
    control.limit = 100
    await open({ budget_queries_per_hour: 100 })
    expect([meter.statements(1), meter.statements(1), meter.statements(1)]).toEqual([undefined, undefined, 'later'])
    await control.fail()
    expect(code(meter.statements(1))).toBe('57P03')
    control.nowMs += 501
    expect(meter.statements(1)).toBe('later')
    await control.answer()
    expect(meter.statements(1)).toBeUndefined()
  })

  it('does not use a share of the hour before, by the control plane’s clock', async () => {
    await open({ budget_queries_per_hour: 1000 })
    control.nowMs = HOUR_MS - 1
    expect(meter.statements(1)).toBeUndefined()
    control.nowMs = HOUR_MS
    expect(meter.statements(1)).toBe('later')
    await control.answer()
    expect(meter.statements(1)).toBeUndefined()
  })

  it('counts a statement against every budget, or against none', async () => {
    await open({ budget_queries_per_hour: 1000, budget_queries_per_day: 1000 })
    control.others = 1000
    for (let n = 0; n < 20; n++) expect(meter.statements(1)).toBeUndefined()
    expect(meter.statements(1)).toBe('later')
    await control.answer()
    expect(code(meter.statements(1))).toBe('53400')
    expect(control.questions.at(-1)?.shares.map(({ kind }) => kind)).toEqual(['budget_queries_per_hour', 'budget_queries_per_day'])
  })

  it('lets no row through that does not fit, and nothing at all after it', async () => {
    control.limit = 1000
    await open({ egress_bytes_per_day: 1000 })
    expect([meter.countsBytes, meter.statements(1), meter.bytes(15)]).toEqual([true, undefined, undefined])
    await control.answer() // it was asked for ahead
    expect(meter.bytes(900)).toBe('later')
    await control.answer()
    expect(meter.bytes(900)).toBeUndefined()
    while (meter.bytes(100) === 'later') await control.answer()
    expect(code(meter.bytes(100))).toBe('53400')
    expect([code(meter.bytes(1)), code(meter.statements(1))]).toEqual(['53400', '53400'])
    control.nowMs += 1001
    meter.statements(1)
    expect(control.questions.at(-1)?.shares).toMatchObject([{ keep: 1000, spent: 1000 }])
  })

  it('counts errors and notices that were let through, even beyond its share', async () => {
    await open({ egress_bytes_per_day: 1000 })
    meter.owe(500)
    expect(meter.bytes(1)).toBe('later')
    expect(control.questions.at(-1)?.shares).toMatchObject([{ keep: 500, spent: 500 }])
  })

  it('gives up its share with the policy that it was given under, and takes none for another', async () => {
    await open({ budget_queries_per_hour: 1000 })
    expect(meter.statements(1)).toBeUndefined()
    control.limit = 5
    meter.under(policyOf({ budget_queries_per_hour: 5 }, 2))
    expect(meter.statements(1)).toBe('later')
    expect(control.questions.at(-1)?.shares).toMatchObject([{ keep: 1, spent: 1, need: 1 }])
    await control.answer() // read before the change
    expect(code(meter.statements(1))).toBe('57P03')
    control.version = 2
    control.nowMs += 501
    expect(meter.statements(1)).toBe('later')
    await control.answer()
    expect(meter.statements(1)).toBeUndefined()
  })

  it('asks in turn with all others, however many they are', async () => {
    const budgets = new Budgets(() => control.ask, () => control.nowMs)
    const meters = Array.from({ length: 200 }, (_, n) => budgets.open(`agt_${n}`, policyOf({ budget_queries_per_hour: 1000 })) as Meter)
    await settled()
    expect(control.asked).toBe(64)
    while (control.asked > 0) {
      await control.answer()
      expect(control.asked).toBeLessThanOrEqual(64)
    }
    expect([control.questions.length, meters.every((one) => one.statements(1) === undefined)]).toEqual([200, true])
    const stopping = budgets.stop()
    while (control.asked > 0) await control.answer()
    await stopping
    expect([control.questions.length, meters.some((one) => one.holds)]).toEqual([400, false])
  })

  it('that nobody uses gives back what it holds, and is spent no more from that moment', async () => {
    const budgets = new Budgets(() => control.ask, () => control.nowMs)
    const held = budgets.open('agt_x', policyOf({ budget_queries_per_hour: 1000 })) as Meter
    await control.answer()
    held.statements(1)
    budgets.look((control.nowMs += 2999))
    expect(control.asked).toBe(0)
    budgets.look((control.nowMs += 1))
    expect(control.questions.at(-1)?.shares).toMatchObject([{ keep: 1, spent: 1, need: 0 }])
    expect(held.statements(1)).toBe('later')
    await control.answer()
    expect([held.holds, held.statements(1)]).toEqual([false, 'later'])
    await control.answer()
    expect(held.statements(1)).toBeUndefined()
    // Sessions that come and go are counted in one place; it is forgotten when nobody has come for long.
    budgets.close(held)
    expect(budgets.open('agt_x', policyOf({ budget_queries_per_hour: 1000 }))).toBe(held)
    budgets.close(held)
    budgets.look((control.nowMs += 600_000))
    await control.answer()
    budgets.look(control.nowMs)
    expect(budgets.size).toBe(0)
    const stopping = budgets.stop()
    await stopping
  })
})
