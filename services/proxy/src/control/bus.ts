/**
 * The line to NATS, with bounds. The client library keeps what is sent while NATS is away and sends it later, without a
 * bound: strangers could feed that with user names. So nothing is handed to it while it is not connected, what was asked when
 * the line broke fails at once, and only so many questions are open at a time.
 */
import type { Msg, MsgHdrs, NatsConnection, Subscription } from '@nats-io/transport-node'
import { PgBeamError } from '@pgbeam/kernel'

/** Requests in flight. Look-ups have a lower bound of their own, so renewals always find room. */
const IN_FLIGHT_MAX = 256

/** What is used of a NATS connection. */
export type Line = Pick<NatsConnection, 'status' | 'request' | 'publish' | 'subscribe' | 'isClosed'>

export class BusAway extends PgBeamError {
  readonly code = 'ERR_NATS_AWAY'
  readonly fault = 'control-plane'
  readonly sqlState = '57P03'
  constructor() {
    super('this proxy has lost its connection to NATS', 'Try again in a few seconds.')
  }
}

export class BusFull extends PgBeamError {
  readonly code = 'ERR_NATS_BUSY'
  readonly fault = 'control-plane'
  readonly sqlState = '57P03'
  constructor() {
    super('too many requests to the control plane are under way', 'Try again in a few seconds.')
  }
}

export class Bus {
  private up = true
  private inFlight = 0
  private readonly waiting = new Set<(error: Error) => void>()

  /** @param line connected */
  constructor(
    private readonly line: Line,
    private readonly onChange: (connected: boolean) => void = () => undefined,
  ) {
    void this.follow()
  }

  get connected(): boolean {
    return this.up && !this.line.isClosed()
  }

  /** @throws BusAway at once while NATS is away, or when the line breaks; BusFull; NATS's own errors for no answer */
  request(subject: string, data: string, options: { readonly timeout: number; readonly headers: MsgHdrs }): Promise<Msg> {
    if (!this.connected) return Promise.reject(new BusAway())
    if (this.inFlight >= IN_FLIGHT_MAX) return Promise.reject(new BusFull())
    return new Promise((resolve, reject) => {
      this.inFlight++
      this.waiting.add(reject)
      this.line
        .request(subject, data, options)
        .then(resolve, reject)
        .finally(() => {
          this.inFlight--
          this.waiting.delete(reject)
        })
    })
  }

  /** @throws BusAway: a message that is not sent now is not sent later either */
  publish(subject: string, data: string, options?: { readonly headers: MsgHdrs }): void {
    if (!this.connected) throw new BusAway()
    this.line.publish(subject, data, options)
  }

  /** Subscriptions outlive the connection: the library renews them. */
  subscribe(subject: string, options: Parameters<Line['subscribe']>[1]): Subscription {
    return this.line.subscribe(subject, options)
  }

  private async follow(): Promise<void> {
    for await (const { type } of this.line.status()) {
      if (type === 'disconnect' || type === 'staleConnection' || type === 'close') this.change(false)
      else if (type === 'reconnect') this.change(true)
    }
  }

  private change(up: boolean): void {
    if (this.up === up) return
    this.up = up
    if (!up) for (const fail of [...this.waiting]) fail(new BusAway())
    this.onChange(up)
  }
}
