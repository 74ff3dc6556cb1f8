import { describe, expect, it } from '@jest/globals'
import { mustMatch, runUnder, tagsOf, tagsPattern } from './conditional.js'
import { InvalidInput, PreconditionFailed } from './errors.js'
import { etagOf, tagged, tagIn } from './etag.js'

describe('If-Match', () => {
  it.each<[string, '*' | string[]]>([
    ['*', '*'],
    ['"a"', ['"a"']],
    ['"a", "b"', ['"a"', '"b"']],
    ['"a,b" ,"c"', ['"a,b"', '"c"']],
    ['W/"a", "b"', ['"b"']],
    ['""', ['""']],
  ])('%s names what it says, and weak tags never', (header, tags) => {
    const found = tagsOf(header, 'If-Match')
    expect(typeof found === 'object' ? [...found] : found).toEqual(tags)
    // A comma within a tag is HTTP's to allow; no tag of ours has one.
    if (header.trim() !== '*' && header !== '"a,b" ,"c"') expect(header).toMatch(new RegExp(tagsPattern))
  })
  it.each(['', 'a', '"a', '"a" "b"', '"a",', '*, "a"', 'w/"a"'])('%p is refused', (header) => {
    expect(() => tagsOf(header, 'If-Match')).toThrow(InvalidInput)
  })
  it('without the header nothing is asked; to read, a weak tag is good enough', () => {
    expect(tagsOf(undefined, 'If-Match')).toBeUndefined()
    expect([...(tagsOf('W/"a"', 'If-None-Match') as ReadonlySet<string>)]).toEqual(['"a"'])
  })
  it('lets a change happen to the row that its caller has seen, and to no other', () => {
    const row = { id: 'pol_1', version: 7n }
    const check = (header: string | undefined) => () => runUnder(tagsOf(header, 'If-Match'), () => mustMatch(row))
    for (const header of [undefined, '*', etagOf(row), `"x", ${etagOf(row)}`]) expect(check(header)).not.toThrow()
    for (const header of ['"x"', `W/${etagOf(row)}`, etagOf({ ...row, version: 8n })]) expect(check(header)).toThrow(PreconditionFailed)
  })
})

describe('an ETag', () => {
  const row = { id: 'agt_1', name: 'a', version: 1n, updatedAt: new Date(0), lastUsedAt: null as Date | null, secret: new Uint8Array([1]) }
  it('is a quoted digest that changes with what is stored, and not with use, order or secrets', () => {
    expect(etagOf(row)).toMatch(/^"[\w-]{22}"$/)
    expect(etagOf({ ...row, lastUsedAt: new Date(), secret: new Uint8Array([2]) })).toBe(etagOf(row))
    expect(etagOf(Object.fromEntries(Object.entries(row).reverse()))).toBe(etagOf(row))
    for (const other of [{ name: 'b' }, { version: 2n }, { updatedAt: new Date(1) }]) expect(etagOf({ ...row, ...other })).not.toBe(etagOf(row))
  })
  it('is found on a view, and on the first view in an answer', () => {
    const view = tagged(row, { id: 'agt_1' })
    expect([tagIn(view), tagIn({ credential: view, password: 'x' }), tagIn({ id: 'agt_1' }), tagIn(undefined), tagIn('x')]).toEqual([etagOf(row), etagOf(row), undefined, undefined, undefined])
  })
})
