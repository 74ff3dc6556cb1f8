/** Changes of a text, put in all at once. */
import { unreadable } from './tokens.js'

/** `start` and `end` are bytes of the text's UTF-8, as in the parse tree. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

export const insertion = (at: number, text: string): Edit => ({ start: at, end: at, text })

/** @throws Refusal where one edit lies inside another: what was found in the text does not fit together */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const bytes = Buffer.from(text)
  const parts: Buffer[] = []
  let from = 0
  for (const edit of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (edit.start < from) throw unreadable()
    parts.push(bytes.subarray(from, edit.start), Buffer.from(edit.text))
    from = edit.end
  }
  return Buffer.concat([...parts, bytes.subarray(from)]).toString('utf8')
}
