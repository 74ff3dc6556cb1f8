/** Sets of numbers that mostly follow each other: those behind one number, up to another. Spans that touch become one. */
export interface Span {
  readonly afterSeq: number
  readonly upToSeq: number
}

const SPANS_MAX = 100

export class Spans {
  #all: Span[] = []

  get all(): readonly Span[] {
    return this.#all
  }

  /** @returns whether it was news */
  add(afterSeq: number, upToSeq: number): boolean {
    if (this.#all.some((one) => one.afterSeq <= afterSeq && one.upToSeq >= upToSeq)) return false
    const apart = this.#all.filter((one) => one.upToSeq < afterSeq || one.afterSeq > upToSeq)
    const touching = this.#all.filter((one) => !apart.includes(one))
    const grown = { afterSeq: Math.min(afterSeq, ...touching.map((one) => one.afterSeq)), upToSeq: Math.max(upToSeq, ...touching.map((one) => one.upToSeq)) }
    this.#all = [...apart, grown].slice(-SPANS_MAX)
    return true
  }

  has(seq: number): boolean {
    return this.#all.some((one) => one.afterSeq < seq && one.upToSeq >= seq)
  }

  forgetUpTo(seq: number): void {
    this.#all = this.#all.filter((one) => one.upToSeq > seq).map((one) => ({ ...one, afterSeq: Math.max(one.afterSeq, seq) }))
  }
}
