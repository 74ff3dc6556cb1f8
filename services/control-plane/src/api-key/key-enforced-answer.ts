/** Answers a change to a key: 200 or 204 only once no replica takes the key for what it was before, else 202 with the receipt. */
import { Injectable } from '@nestjs/common'
import type { Request, Response } from 'express'
import { AccessReceipts, type AccessReceipt } from '../access/cache/access-receipts.js'
import type { Change } from '../enforcement/change.js'
import { preferencesOf } from '../enforcement/enforced-answer.js'
import type { KeyOwner } from './issue-key.js'

@Injectable()
export class KeyEnforcedAnswer {
  constructor(private readonly receipts: AccessReceipts) {}

  /** @param show what is the body of a 200, and has to go into a 202 too, since it is shown once; left out for 204 */
  async send<T>(request: Request, response: Response, owner: KeyOwner, change: Change<T>, show?: (value: T) => object): Promise<object | undefined> {
    const plain = (): object | undefined => {
      response.status(show ? 200 : 204)
      return show?.(change.value)
    }
    const preferences = preferencesOf(request)
    const waits = !preferences.has('respond-async')
    const receipt = await this.#receipt(change, waits)
    if (!receipt) return plain()
    response.setHeader('PgBeam-Enforcement', keyReceiptHeader(receipt))
    if (!receipt.enforced || !waits) {
      if (!waits) response.setHeader('Preference-Applied', 'respond-async')
      response.status(202).setHeader('Location', locationOf(owner, receipt.seq))
      return { ...receipt, ...show?.(change.value) }
    }
    if (!show && preferences.has('return=representation')) {
      response.setHeader('Preference-Applied', 'return=representation')
      response.status(200)
      return receipt
    }
    return plain()
  }

  async #receipt({ seq, committedAtMs }: Change<unknown>, waits: boolean): Promise<AccessReceipt | undefined> {
    if (seq === undefined) return undefined
    if (waits && committedAtMs !== undefined) return this.receipts.confirmForGood(seq, committedAtMs)
    const receipt = await this.receipts.current(seq)
    return waits && receipt?.enforced === false ? this.receipts.confirmForGood(seq, performance.now()) : receipt
  }
}

const locationOf = (owner: KeyOwner, seq: number): string => (owner.kind === 'organization' ? `/v1/organizations/${owner.organizationId}/enforcement/${seq}` : `/v1/enforcement/${seq}`)

/** As for a change that proxies enforce, with the replicas at its end. */
function keyReceiptHeader({ seq, enforced, elapsed_ms, replicas }: AccessReceipt): string {
  const fenced = replicas.filter((one) => one.fenced).length
  return `seq=${seq}, ${enforced ? 'enforced' : 'pending'}, elapsed-ms=${elapsed_ms}, proxies=0, fenced=${fenced}, sessions=0, statements=0, replicas=${replicas.length}`
}
