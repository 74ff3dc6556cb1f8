/** The gate of a session without a policy: what passes is between the application and its database. */
import type { Denial, RelayGate, Verdict } from '../relay/gate.js'

class OpenGate implements RelayGate {
  readonly reads = false
  readonly textBytesMax = Infinity
  readonly watched: ReadonlyMap<string, string> = new Map()
  readonly answers = undefined
  readonly limits = undefined

  judge(): Verdict {
    return undefined
  }

  tooLong(): Denial {
    throw new Error('a session without a policy has no longest statement')
  }

  functionCall(): undefined {
    return undefined
  }
}

export const openGate: RelayGate = new OpenGate()
