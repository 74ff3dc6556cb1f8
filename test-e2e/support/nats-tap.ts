/** A stranger on the NATS server: hears everything, and may say anything. */
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { subjects } from '@pgbeam/contracts'
import { waitUntil } from '../../scripts/lib/processes.mjs'
import type { Stack } from './stack.js'

export interface Heard {
  readonly subject: string
  readonly data: string
  readonly headers: string
  readonly reply: string
}

export class NatsTap {
  readonly heard: Heard[] = []
  private constructor(readonly connection: NatsConnection) {}

  /** Hears every subject from now on. */
  static async open(stack: Stack): Promise<NatsTap> {
    const tap = new NatsTap(await connect({ servers: stack.nats.url }))
    tap.connection.subscribe('>', {
      callback: (_error, message) => {
        tap.heard.push({ subject: message.subject, data: message.string(), headers: [...(message.headers ?? [])].map(([name, values]) => `${name}: ${values.join(', ')}`).join('\n'), reply: message.reply ?? '' })
      },
    })
    await tap.connection.flush()
    return tap
  }

  on(subject: string): Heard[] {
    return this.heard.filter((one) => one.subject === subject)
  }
  /** The first batch of the enforcement log after this many were heard. */
  async nextBatch(after = this.on(subjects.enforcement).length): Promise<Heard> {
    await waitUntil('a batch of the enforcement log', () => this.on(subjects.enforcement).length > after, { timeoutMs: 15_000 })
    return this.on(subjects.enforcement)[after]!
  }
  say(subject: string, data: string, reply?: string): void {
    this.connection.publish(subject, data, reply === undefined ? {} : { reply })
  }
  async close(): Promise<void> {
    await this.connection.close()
  }
}
