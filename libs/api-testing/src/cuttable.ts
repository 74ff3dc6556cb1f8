/** A TCP way to a server that a test can cut, mend and make longer. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

export class Cuttable {
  readonly #sockets = new Set<Socket>()
  #cut = false
  /** What each chunk waits on its way, in each direction. */
  delayMs = 0
  /** What is said in these directions is lost, and nobody is told: the connections stand. */
  readonly lost = { there: false, back: false }

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async to(target: string): Promise<Cuttable> {
    const { hostname, port, protocol } = new URL(target)
    // Without Nagle's algorithm, as the ends have it: together with delayed acknowledgements it would keep a message for 40 ms.
    const server = createServer({ noDelay: true })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const way = new Cuttable(server, withHost(target, protocol, (server.address() as AddressInfo).port))
    server.on('connection', (client) => {
      if (way.#cut) {
        client.destroy()
        return
      }
      const onward = connect({ port: Number(port), host: hostname, noDelay: true })
      for (const [socket, other] of [[client, onward], [onward, client]] as const) {
        way.#sockets.add(socket)
        socket.on('error', () => {}).on('close', () => {
          way.#sockets.delete(socket)
          other.destroy()
        })
      }
      for (const [from, to, direction] of [[client, onward, 'there'], [onward, client, 'back']] as const) {
        // Timers of one length fire in the order they were set.
        from.on('data', (chunk: Buffer) => {
          if (!way.lost[direction]) setTimeout(() => to.write(chunk), way.delayMs)
        })
        from.on('end', () => setTimeout(() => to.end(), way.delayMs))
      }
    })
    return way
  }

  cut(): void {
    this.#cut = true
    for (const socket of this.#sockets) socket.destroy()
  }

  /** All as it was. A connection that lost bytes in its middle is closed: nobody could make sense of what follows. */
  mend(): void {
    const { lost } = this
    if (lost.there || lost.back) for (const socket of this.#sockets) socket.destroy()
    lost.there = lost.back = false
    this.#cut = false
    this.delayMs = 0
  }

  async stop(): Promise<void> {
    this.cut()
    await new Promise((resolve) => this.server.close(resolve))
  }
}

/** The same address by way of a port of this machine: user, password and database stay. */
function withHost(target: string, protocol: string, port: number): string {
  const rest = /^\w+:\/\/([^@/]*@)?[^/]*(.*)$/.exec(target)
  return `${protocol}//${rest?.[1] ?? ''}127.0.0.1:${port}${rest?.[2] ?? ''}`
}
