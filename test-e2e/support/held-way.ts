/** A TCP way to a real database that a test holds shut, or that lets only so many bytes come back: a database that is slow at the right moment. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

export class HeldWay {
  private readonly sockets = new Set<Socket>()
  private waiting: (() => void)[] = []
  private shut = false
  private server!: Server
  /** Connections that have come in so far. */
  connections = 0
  /** How many more bytes of the database are passed on; after them it seems to be silent. */
  backBytesLeft = Infinity

  static async to(target: { readonly host: string; readonly port: number }): Promise<HeldWay> {
    const way = new HeldWay()
    way.server = createServer({ noDelay: true }, (client) => {
      way.connections++
      const onward = connect({ port: target.port, host: target.host, noDelay: true })
      for (const [socket, other] of [[client, onward], [onward, client]] as const) {
        way.sockets.add(socket)
        // As it came: a reset is passed on as one, an end as an end.
        socket.on('error', () => other.resetAndDestroy()).on('end', () => other.end()).on('close', () => way.sockets.delete(socket))
      }
      const begin = () => {
        client.on('data', (chunk: Buffer) => onward.write(chunk))
        onward.on('data', (chunk: Buffer) => {
          const passed = chunk.subarray(0, Math.min(chunk.length, way.backBytesLeft))
          way.backBytesLeft -= passed.length
          if (passed.length > 0) client.write(passed)
          if (way.backBytesLeft === 0) onward.pause()
        })
      }
      if (way.shut) way.waiting.push(begin)
      else begin()
    })
    await new Promise<void>((resolve) => way.server.listen(0, '127.0.0.1', resolve))
    return way
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port
  }

  /** Who comes from now on is accepted, and hears nothing until `release`. */
  hold(): void {
    this.shut = true
  }
  release(): void {
    this.shut = false
    for (const begin of this.waiting.splice(0)) begin()
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    await new Promise((resolve) => this.server.close(resolve))
  }
}
