/** A judgement as the cache keeps it: in memory of its own, and with what it takes of it. */
import { isReplacement, type Denial, type Judgement, type Replacement } from '../relay/gate.js'

const OBJECT_BYTES = 100
const STRING_BYTES = 24
/** A Buffer with memory of its own is three objects. */
const BUFFER_BYTES = 300

export interface Kept {
  readonly judgement: Judgement
  readonly bytes: number
}

const PASSES: Kept = Object.freeze({ judgement: undefined, bytes: 0 })

export function keptJudgement(judgement: Judgement): Kept {
  if (judgement === undefined) return PASSES
  return isReplacement(judgement) ? keptReplacement(judgement) : { judgement, bytes: sizeOfDenial(judgement) }
}

function sizeOfDenial({ sqlState, message, detail, hint }: Denial): number {
  return OBJECT_BYTES + sizeOfStrings([sqlState, message, detail ?? '', hint ?? ''])
}

function keptReplacement(judgement: Replacement): Kept {
  const { replacement, after, parts = [], outcomes = [] } = judgement
  const buffers = [replacement, after].filter((one) => one !== undefined)
  const bytes = buffers.reduce((sum, one) => sum + one.length + BUFFER_BYTES, OBJECT_BYTES) + sizeOfStrings(parts) + outcomes.length * OBJECT_BYTES
  return { judgement: { ...judgement, replacement: unpooled(replacement), after: unpooled(after) }, bytes }
}

/** A small Buffer is a piece of a slab that many share: one that is kept would keep the whole slab. */
function unpooled(buffer: Buffer | undefined): Buffer | undefined {
  if (buffer === undefined) return undefined
  const copy = Buffer.allocUnsafeSlow(buffer.length)
  buffer.copy(copy)
  return copy
}

/** Two bytes for a character, whatever it is. */
const sizeOfStrings = (strings: readonly string[]): number => strings.reduce((sum, text) => sum + STRING_BYTES + 2 * text.length, 0)
