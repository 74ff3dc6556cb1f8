/** The tokens of a text, comments left out, found by where they start. Offsets are bytes of UTF-8, as in the parse tree. */
import { scanSync } from 'libpg-query'
import { Refusal } from '../denial.js'

export interface Token {
  readonly start: number
  readonly end: number
  readonly text: string
}

const COMMENT = /^(--|\/\*)/

export class Tokens {
  readonly list: readonly Token[]
  private readonly byStart = new Map<number, number>()

  constructor(text: string) {
    this.list = scanSync(text).tokens.filter((token) => !COMMENT.test(token.text))
    for (const [index, token] of this.list.entries()) this.byStart.set(token.start, index)
  }

  /** The index of the token that starts there. */
  at(offset: unknown): number {
    const index = this.byStart.get(typeof offset === 'number' ? offset : 0)
    if (index === undefined) throw unreadable()
    return index
  }

  get(index: number): Token | undefined {
    return this.list[index]
  }

  is(index: number, word: string): boolean {
    return this.list[index]?.text.toLowerCase() === word
  }

  /** @throws Refusal where the token is another one */
  expect(index: number, word: string): number {
    if (!this.is(index, word)) throw unreadable()
    return index + 1
  }

  end(index: number): number {
    const token = this.list[index]
    if (token === undefined) throw unreadable()
    return token.end
  }

  start(index: number): number {
    const token = this.list[index]
    if (token === undefined) throw unreadable()
    return token.start
  }

  /** The index behind a parenthesis that opens at `index`. */
  afterParentheses(index: number): number {
    let depth = 0
    for (let at = this.expect(index, '(') - 1; at < this.list.length; at++) {
      if (this.is(at, '(')) depth++
      else if (this.is(at, ')') && --depth === 0) return at + 1
    }
    throw unreadable()
  }
}

/** What the tree says and what the text says are not brought together. */
export function unreadable(): Refusal {
  return new Refusal(
    'masked_relation', 'this statement names a protected table in a way that cannot be followed', 'Write the name of the table plainly, as schema.table.',
  )
}
