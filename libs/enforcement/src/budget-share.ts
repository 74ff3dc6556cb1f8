/**
 * A proxy's share of one budget. It is counted down here, one subtraction for each statement, and bounded by the end of its window.
 * What is asked for and answered are sums since the window began, and a question binds the proxy to spend no more than it says until
 * that very question is answered. So questions and answers may be lost, repeated or late: nothing is counted twice, and what an
 * unheard answer gave is given back by the next question.
 */

export interface ShareQuestion {
  readonly window: string | null
  readonly keep: number
  readonly spent: number
  readonly need: number
}

export interface ShareAnswer {
  readonly window: string
  readonly endsAtMs: number
  readonly base: number
  readonly ceiling: number
  readonly remaining: number
}

export class BudgetShare {
  private window: string | null = null
  private ceiling = 0
  /** What may still be spent; below zero where something had to be let through. */
  left = 0
  /** On the control database's clock. */
  endsAtMs = -Infinity
  /** What nobody had, at the last answer. */
  remaining = 0

  get spent(): number {
    return this.ceiling - this.left
  }

  covers(amount: number, nowMs: number): boolean {
    return this.left >= amount && nowMs < this.endsAtMs
  }

  spend(amount: number): void {
    this.left -= amount
  }

  /** More is needed. What is held stays, and is spent on meanwhile. */
  askFor(need: number): ShareQuestion {
    this.coverDebt()
    return this.question(need)
  }

  /** What is held is given up, from this moment. */
  giveUp(): ShareQuestion {
    this.void()
    return this.question(0)
  }

  /** What is held counts no more: it was given under rules that are over. */
  void(): void {
    this.ceiling = this.spent
    this.left = 0
  }

  /** The answer to the last question, and to no other. */
  answered({ window, endsAtMs, base, ceiling, remaining }: ShareAnswer): void {
    if (window === this.window) {
      this.left += ceiling - this.ceiling
    } else {
      this.window = window
      this.left = ceiling - base
    }
    this.ceiling = ceiling
    this.endsAtMs = endsAtMs
    this.remaining = remaining
  }

  private question(need: number): ShareQuestion {
    return { window: this.window, keep: this.ceiling, spent: Math.min(this.spent, this.ceiling), need }
  }

  private coverDebt(): void {
    if (this.left < 0) this.void()
  }
}
