/** Asks a proxy whether its canary would be let in now. */
import { Injectable } from '@nestjs/common'
import { canaryReply, subjects, type CanaryReply } from '@pgbeam/contracts'
import { AskProxy, type Question } from '../fleet/ask-proxy.js'

const canary = { subject: subjects.canary, request: 'canary-request', reply: 'canary-reply', schema: canaryReply, timeoutMs: 2_000 } as const satisfies Question<typeof canaryReply>

@Injectable()
export class CanaryAsking {
  constructor(private readonly proxies: AskProxy) {}

  /** @returns undefined where no answer came that the proxy has signed over this question */
  async ask(incarnation: string, credentialId: string): Promise<CanaryReply | undefined> {
    try {
      return await this.proxies.ask(incarnation, canary, () => ({ credential_id: credentialId }))
    } catch {
      return undefined // silence, nobody there, or not to be believed: nothing is shown either way
    }
  }
}
