/** A TCP way to a server that a test can cut and mend. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

export class Cuttable {
  readonly #sockets = new Set<Socket>()
  #cut = false

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async to(target: string): Promise<Cuttable> {
    const { hostname, port } = new URL(target)
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const way = new Cuttable(server, `nats://127.0.0.1:${(server.address() as AddressInfo).port}`)
    server.on('connection', (client) => {
      if (way.#cut) {
        client.destroy()
        return
      }
      const onward = connect(Number(port), hostname)
      for (const [socket, other] of [[client, onward], [onward, client]] as const) {
        way.#sockets.add(socket)
        socket.on('error', () => {}).on('close', () => {
          way.#sockets.delete(socket)
          other.destroy()
        })
      }
      client.pipe(onward).pipe(client)
    })
    return way
  }

  cut(): void {
    this.#cut = true
    for (const socket of this.#sockets) socket.destroy()
  }

  mend(): void {
    this.#cut = false
  }

  async stop(): Promise<void> {
    this.cut()
    await new Promise((resolve) => this.server.close(resolve))
  }
}
