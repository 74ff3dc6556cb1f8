import { describe, expect, it } from '@jest/globals'
import { endsTransaction, statementsIn } from './statement-texts.js'

const inside = (text: string): [Buffer, number, number] => {
  const bytes = Buffer.from(text)
  return [Buffer.concat([Buffer.from('Q;;'), bytes, Buffer.from(';;x')]), 3, 3 + bytes.length]
}

describe('the number of statements in a text', () => {
  it.each<[string, number]>([
    ['', 1],
    ['SELECT 1', 1],
    ['SELECT 1;', 1],
    ['SELECT 1 ; \n', 1],
    [' ; ; ', 1],
    ['SELECT 1; SELECT 2', 2],
    ['SELECT 1; SELECT 2;;; SELECT 3 -- ; ; \n;', 3],
    ["SELECT ';'; SELECT 2", 2],
    ["SELECT 'it''s ;'", 1],
    ['SELECT 1 AS "a;""b"; SELECT 2', 2],
    ['DO $$ BEGIN a; b; END $$; SELECT 1', 2],
    ['SELECT $x$ ; $$ ; $y$ ; $x$; SELECT 1', 2],
    ['SELECT a$b$c; SELECT d$b$e', 2],
    ['SELECT $1; SELECT $2', 2],
    ['SELECT 1 /* ; /* ; */ ; */; SELECT 2', 2],
    ['CREATE RULE r AS ON INSERT TO a DO (DELETE FROM b; DELETE FROM c); SELECT 1', 2],
    ["SELECT E'\\'; SELECT 2; --'", 2],
    ["SELECT E'\\'; SELECT 2; '", 3],
    ["SELECT '\\'; SELECT 2; --'", 2],
    ['SELECT ); SELECT 2', 2],
    ["SELECT 'never closed; SELECT 2", 1],
  ])('%p: %p', (text, count) => {
    expect(statementsIn(...inside(text), true)).toBe(count)
    expect(statementsIn(...inside(text), false)).toBe(count)
  })

  it('is that of its semicolons, at most, where nobody knows what characters its bytes are', () => {
    const text = "SELECT 'ä; ö'; SELECT 2"
    expect([statementsIn(...inside(text), true), statementsIn(...inside(text), false)]).toEqual([2, 3])
    // In Shift JIS the backslash is half of a character here, and the quote ends the string.
    const bytes = Buffer.concat([Buffer.from("SELECT E'\\', E'"), Buffer.from([0x83, 0x5c]), Buffer.from("'; SELECT 2; SELECT 3 --'")])
    expect(statementsIn(bytes, 0, bytes.length, false)).toBe(3)
  })
})

describe('what ends a transaction', () => {
  it.each<[string, boolean]>([
    ['COMMIT', true],
    [' rollback ; ', true],
    ['END', true],
    ['ABORT WORK', true],
    ['COMMIT AND CHAIN', true],
    ['ROLLBACK TO SAVEPOINT a;', true],
    ['COMMIT; SELECT 1', false],
    ['commits', false],
    ['COMMENT ON TABLE a IS $$x$$', false],
    ['EXECUTE s', false],
    ['EXPLAIN SELECT 1', false],
    ['ANALYZE', false],
    ['SELECT 1', false],
    ['', false],
    [`COMMIT ${' '.repeat(300)}`, false],
  ])('%p: %p', (text, ends) => {
    expect(endsTransaction(...inside(text))).toBe(ends)
  })
})
