import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { giveShare, shareSize } from './budget-grant.js'
import { BudgetShare, type ShareAnswer, type ShareQuestion } from './budget-share.js'

const ENDS_AT_MS = 1000

describe('a share of a budget', () => {
  it.each([
    ['is a fiftieth of it at first', { limit: 1000, others: 0, keep: 0, spent: 0, need: 1 }, 20],
    ['is filled up to that', { limit: 1000, others: 0, keep: 20, spent: 11, need: 1 }, 31],
    ['gets small near the end', { limit: 1000, others: 960, keep: 0, spent: 0, need: 1 }, 5],
    ['is one statement of a small budget', { limit: 10, others: 3, keep: 2, spent: 2, need: 1 }, 3],
    ['is what one row needs', { limit: 1000, others: 0, keep: 0, spent: 0, need: 300 }, 300],
    ['is what there is where a row needs more', { limit: 1000, others: 900, keep: 0, spent: 0, need: 300 }, 100],
    ['is nothing where nothing is left', { limit: 1000, others: 1000, keep: 0, spent: 0, need: 1 }, 0],
    ['is nothing more where others got more than a budget that has shrunk', { limit: 10, others: 400, keep: 5, spent: 5, need: 1 }, 5],
    ['is not added to where it is only given back', { limit: 1000, others: 0, keep: 7, spent: 7, need: 0 }, 7],
  ])('%s', (_case, claim, ceiling) => {
    expect(giveShare(claim).ceiling).toBe(ceiling)
  })

  it('is nothing once its window is over, by a clock that is asked each time', () => {
    const share = new BudgetShare()
    share.answered({ window: 'a', endsAtMs: ENDS_AT_MS, base: 0, ceiling: 5, remaining: 0 })
    expect([share.covers(5, 999), share.covers(6, 999), share.covers(1, 1000)]).toEqual([true, false, false])
  })

  it('of the next window begins with nothing spent, whatever was left of the one before', () => {
    const share = new BudgetShare()
    share.answered({ window: 'a', endsAtMs: 1, base: 0, ceiling: 5, remaining: 0 })
    share.spend(2)
    share.answered({ window: 'b', endsAtMs: 2, base: 0, ceiling: 3, remaining: 0 })
    expect([share.left, share.spent]).toEqual([3, 0])
    // A clock that went back: what was given in that window before is not given again.
    share.answered({ window: 'a', endsAtMs: 1, base: 5, ceiling: 6, remaining: 0 })
    expect([share.left, share.spent]).toEqual([1, 5])
  })
})

/** The control plane's rows, as the database keeps them: what each holder was given, and its last question. */
class Counter {
  readonly holders = new Map<number, { n: number; given: number }>()
  constructor(readonly limit: number) {}
  ask(holder: number, n: number, { window, keep, spent, need }: ShareQuestion): ShareAnswer | undefined {
    const row = this.holders.get(holder) ?? { n: 0, given: 0 }
    if (n <= row.n) return undefined
    const base = window === 'w' ? keep : row.given
    let others = 0
    for (const [other, { given }] of this.holders) if (other !== holder) others += given
    const { ceiling, remaining } = giveShare({ limit: this.limit, others, keep: base, spent: window === 'w' ? spent : base, need })
    this.holders.set(holder, { n, given: ceiling })
    return { window: 'w', endsAtMs: ENDS_AT_MS, base, ceiling, remaining }
  }
}

interface Asked { readonly holder: number; readonly n: number; readonly question: ShareQuestion }
/** A proxy process: one question at a time; an answer to an earlier one is not believed. */
class Process {
  readonly share = new BudgetShare()
  n = 0
  open: number | undefined
  spent = 0
  constructor(readonly holder: number) {}
  ask(need: number): Asked {
    this.open = ++this.n
    return { holder: this.holder, n: this.n, question: need === 0 ? this.share.giveUp() : this.share.askFor(need) }
  }
  hear(n: number, answer: ShareAnswer): void {
    if (n !== this.open) return
    this.open = undefined
    this.share.answered(answer)
  }
  spend(amount: number): boolean {
    if (!this.share.covers(amount, 0)) return false
    this.share.spend(amount)
    this.spent += amount
    return true
  }
}

/** Nothing is ever thrown away: each question and each answer may arrive at any later time, as often as it likes. */
const step = fc.record({
  do: fc.constantFrom('ask and spend', 'ask and spend', 'give back', 'ask, and the answer is lost', 'ask, and the question is lost', 'spend', 'an old question arrives', 'an old answer arrives', 'crash'),
  who: fc.nat(2),
  amount: fc.integer({ min: 1, max: 12 }),
  at: fc.nat(),
})

describe('processes that share a budget', () => {
  it('never spend more than it, whatever is lost, repeated, late or overtaken, and whoever dies', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.array(step, { minLength: 20, maxLength: 60 }), (limit, steps) => {
        const counter = new Counter(limit)
        const processes = [0, 1, 2].map((holder) => new Process(holder))
        const questions: Asked[] = []
        const answers: { holder: number; n: number; answer: ShareAnswer }[] = []
        let holders = processes.length
        let dead = 0
        const asks = (one: Process, need: number): Asked => {
          const asked = one.ask(need)
          questions.push(asked)
          return asked
        }
        const arrives = ({ holder, n, question }: Asked): void => {
          const answer = counter.ask(holder, n, question)
          if (answer) answers.push({ holder, n, answer })
        }
        const heard = ({ holder, n, answer }: (typeof answers)[number]): void => processes.find((each) => each.holder === holder)?.hear(n, answer)
        for (const { do: what, who, amount, at } of steps) {
          const one = processes[who] as Process
          if (what === 'ask and spend' || what === 'give back') {
            arrives(asks(one, what === 'give back' ? 0 : amount))
            heard(answers.at(-1) as (typeof answers)[number])
            if (what === 'ask and spend') one.spend(amount)
          } else if (what === 'ask, and the answer is lost') arrives(asks(one, amount))
          else if (what === 'ask, and the question is lost') asks(one, at % 2 === 0 ? amount : 0)
          else if (what === 'spend') one.spend(amount)
          else if (what === 'crash') {
            dead += one.spent
            processes[who] = new Process(holders++)
          } else if (what === 'an old question arrives' && questions.length > 0) arrives(questions[at % questions.length] as Asked)
          else if (what === 'an old answer arrives' && answers.length > 0) heard(answers[at % answers.length] as (typeof answers)[number])
          expect(dead + processes.reduce((sum, each) => sum + each.spent, 0)).toBeLessThanOrEqual(limit)
        }
      }),
      { numRuns: 1000, endOnFailure: true },
    )
  })

  it('spend all of it where nothing fails, but for what single ones hold and do not use', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), fc.array(fc.nat(4), { minLength: 1, maxLength: 5 }), (limit, order) => {
        const counter = new Counter(limit)
        const processes = Array.from({ length: 5 }, (_, holder) => new Process(holder))
        const refused = new Set<number>()
        for (let turn = 0; refused.size < new Set(order).size; turn++) {
          const one = processes[order[turn % order.length] as number] as Process
          if (one.spend(1)) continue
          const asked = one.ask(1)
          one.hear(asked.n, counter.ask(asked.holder, asked.n, asked.question) as ShareAnswer)
          if (!one.share.covers(1, 0)) refused.add(one.holder)
        }
        expect(processes.reduce((sum, each) => sum + each.spent, 0)).toBe(limit)
      }),
    )
  })

  it('lose at most one share with a process that dies', () => {
    fc.assert(
      fc.property(fc.integer({ min: 50, max: 100_000 }), fc.array(fc.nat(30), { maxLength: 50 }), (limit, spends) => {
        const counter = new Counter(limit)
        const one = new Process(0)
        for (const times of spends) {
          const asked = one.ask(1)
          one.hear(asked.n, counter.ask(asked.holder, asked.n, asked.question) as ShareAnswer)
          for (let i = 0; i < times; i++) one.spend(1)
        }
        expect((counter.holders.get(0)?.given ?? 0) - one.spent).toBeLessThanOrEqual(shareSize(limit, limit))
        expect(shareSize(limit, limit)).toBeLessThanOrEqual(limit / 50)
      }),
    )
  })
})
