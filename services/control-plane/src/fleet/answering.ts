/** Around each handler on NATS: one span, one counter, an answer for every request, and never an exception into the transport. */
import { Inject, Injectable } from '@nestjs/common'
import type { NatsContext } from '@nestjs/microservices'
import type { MsgHdrs } from '@nats-io/transport-node'
import { metrics } from '@opentelemetry/api'
import { requestHash, seal, UntrustedMessage } from '@pgbeam/contracts'
import { ClusterKeys } from '../platform/crypto/cluster-keys.js'
import { LOGGER, type Logger } from '../platform/logger.js'
import { inSenderTrace } from '../platform/telemetry/nats-trace.js'
import { claimOf, UnknownIncarnation } from './fleet-registry.js'
import { RefusedRequest } from './refused-request.js'

const handled = metrics.getMeter('pgbeam').createHistogram('pgbeam_nats_request_seconds', {
  description: 'Requests and events from proxies',
  unit: 's',
  advice: { explicitBucketBoundaries: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5] },
})

@Injectable()
export class Answering {
  constructor(
    private readonly keys: ClusterKeys,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Answers a request, if need be with an `error-reply`. */
  request(text: string, context: NatsContext, work: (text: string) => Promise<string>): Promise<string> {
    return this.#run(context, async () => {
      try {
        return { answer: await work(text), outcome: 'ok' }
      } catch (error) {
        const { code, detail } = this.#explain(error, context.getSubject())
        const claimed = claimOf(text)?.['nonce']
        const nonce = typeof claimed === 'string' && claimed.length <= 64 ? claimed : null
        return { answer: seal('error-reply', { nonce, request_sha256: requestHash(text), code, detail }, this.keys.signer), outcome: code }
      }
    })
  }

  /** Takes an event. One that is not to be believed counts for nothing. */
  async event(text: string, given: unknown, work: (text: string) => Promise<void>): Promise<void> {
    const context = given as NatsContext // the decorator's type asks for handlers that take anything
    await this.#run(context, async () => {
      try {
        await work(text)
        return { answer: '', outcome: 'ok' }
      } catch (error) {
        return { answer: '', outcome: this.#explain(error, context.getSubject()).code }
      }
    })
  }

  #run(context: NatsContext, work: () => Promise<{ answer: string; outcome: string }>): Promise<string> {
    const subject = context.getSubject()
    const startedAtMs = performance.now()
    return inSenderTrace(subject, context.getHeaders() as MsgHdrs | undefined, async () => {
      const { answer, outcome } = await work()
      handled.record((performance.now() - startedAtMs) / 1000, { subject, outcome })
      return answer
    })
  }

  #explain(error: unknown, subject: string): { code: string; detail: string } {
    if (error instanceof UnknownIncarnation) return { code: 'UNKNOWN_INCARNATION', detail: 'enrol first' }
    if (error instanceof RefusedRequest) return { code: error.code, detail: error.message }
    if (error instanceof UntrustedMessage) {
      this.logger.warn({ subject, reason: error.message }, 'a message on NATS was not believed')
      return { code: 'UNTRUSTED', detail: 'the message is not signed by an enrolled process, or has another shape' }
    }
    this.logger.error({ subject, reason: error instanceof Error ? error.message : String(error) }, 'a request on NATS failed')
    return { code: 'UNAVAILABLE', detail: 'the control plane could not answer; ask again' }
  }
}
