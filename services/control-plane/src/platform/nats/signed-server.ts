/** Nest's NATS transport on the replica's own connection, with the payloads as they are: signed texts, no packets around them. */
import { ServerNats } from '@nestjs/microservices'
import type { Msg, NatsConnection } from '@nats-io/transport-node'
import type { Nats } from './nats-connection.js'

/** Replicas share the requests; handlers with `{ queue: '' }` hear everything on each replica. */
const QUEUE = 'control-plane'

export class SignedNatsServer extends ServerNats {
  constructor(private readonly nats: Nats) {
    super({
      queue: QUEUE,
      deserializer: {
        // Without an id a message is an event and gets no answer. Nothing is parsed here: handlers verify before they read.
        deserialize: (message: Msg, options?: { channel?: string; replyTo?: string }) => ({
          pattern: options?.channel,
          data: message.string(),
          id: options?.replyTo || undefined,
        }),
      },
      // Handlers answer with a sealed text and never throw; an error that gets here anyway must not leave unsigned.
      serializer: { serialize: (packet: { response?: string }) => ({ data: packet.response ?? '', headers: undefined }) },
    })
  }

  override createNatsClient(): Promise<NatsConnection> {
    return this.nats.connection()
  }

  override start(callback: (error?: unknown) => void): void {
    super.start((error?: unknown) => {
      void this.nats.startedListening()
      callback(error)
    })
  }

  /** The connection belongs to `Nats`, which closes it after everyone who uses it. */
  override async close(): Promise<void> {}
}
