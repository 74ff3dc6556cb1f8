/** Answers a change that proxies must enforce: 200 or 204 only once they have, else 202 with the receipt. */
import { Injectable } from '@nestjs/common'
import type { Request, Response } from 'express'
import { receiptHeader, type Receipt } from '@pgbeam/enforcement'
import type { Change } from './change.js'
import { ReceiptService } from './receipt.service.js'

@Injectable()
export class EnforcedAnswer {
  constructor(private readonly receipts: ReceiptService) {}

  /**
   * @param show the body of a 200, or undefined for 204; without a receipt where there was nothing to enforce
   * @param secrets what can be shown only now, and so goes into a 202 too
   */
  async send<T>(
    request: Request,
    response: Response,
    projectId: string,
    change: Change<T>,
    show: ((value: T, receipt: Receipt | null) => object) | undefined,
    secrets?: (value: T) => object,
  ): Promise<object | undefined> {
    const plain = (receipt: Receipt | null): object | undefined => {
      response.status(show ? 200 : 204)
      return show?.(change.value, receipt)
    }
    if (change.seq === undefined) return plain(null)
    const preferences = preferencesOf(request)
    const waits = !preferences.has('respond-async')
    const receipt = waits ? await this.receipts.confirm(projectId, change.seq, change) : await this.#asItStands(projectId, change.seq)
    response.setHeader('PgBeam-Enforcement', receiptHeader(receipt))
    if (!receipt.enforced || !waits) {
      if (!waits) response.setHeader('Preference-Applied', 'respond-async')
      response.status(202).setHeader('Location', `/v1/projects/${projectId}/enforcement/${change.seq}`)
      return { ...receipt, ...secrets?.(change.value) }
    }
    if (!show && preferences.has('return=representation')) {
      response.setHeader('Preference-Applied', 'return=representation')
      response.status(200)
      return receipt
    }
    return plain(receipt)
  }

  async #asItStands(projectId: string, seq: number): Promise<Receipt> {
    const receipt = await this.receipts.current(projectId, seq, false)
    if (!receipt) throw new Error(`the log has no event ${seq} of this project`)
    return receipt
  }
}

/** What `Prefer` asks for. */
export function preferencesOf(request: Request): ReadonlySet<string> {
  return new Set((request.get('prefer') ?? '').toLowerCase().split(/[,;]/).map((preference) => preference.replaceAll(/[\s"]/g, '')))
}
