/**
 * The same client against two servers, with every byte that each server sent. Clients connect without TLS to a tap on
 * loopback, which passes everything on (inside TLS where the server wants it) and remembers what came back.
 */
import { connect as connectTcp, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { SSL_REQUEST, type Frame } from './raw-client.js'
import type { Credential, Stack } from './stack.js'

export interface Destination {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
  /** The CA to trust; undefined for a server without TLS. */
  readonly ca?: string
  /** The host that TLS names. */
  readonly servername?: string
}

/** The database itself, as the user that the proxy logs in with. */
export function directly(stack: Stack): Destination {
  const { host, port, username, password, name } = stack.upstream
  return { host, port, user: username, password, database: name }
}
export function throughProxy(stack: Stack, credential: Credential, proxy = stack.proxy): Destination {
  return { host: proxy.host, port: proxy.port, user: credential.user, password: credential.password, database: credential.project.databaseName, ca: stack.ca }
}

/** One TCP connection to the destination, inside TLS where it has that. */
async function outward({ host, port, ca, servername = 'localhost' }: Destination): Promise<Socket> {
  const raw = connectTcp({ host, port, noDelay: true, allowHalfOpen: true })
  await new Promise<void>((resolve, reject) => raw.once('connect', resolve).once('error', reject))
  if (ca === undefined) return raw
  raw.write(SSL_REQUEST)
  await new Promise<void>((resolve, reject) => {
    raw.once('data', (answer: Buffer) => (answer.toString() === 'S' ? resolve() : reject(new Error(`SSLRequest answered ${answer.toString('hex')}`))))
    raw.once('close', () => reject(new Error('closed before TLS')))
  })
  const secure = connectTls({ socket: raw, ca, servername })
  await new Promise<void>((resolve, reject) => secure.once('secureConnect', resolve).once('error', reject))
  return secure
}

export class Tap {
  /** What the server sent, by connection, in the order in which clients connected. */
  private readonly recorded: { readonly chunks: Buffer[]; readonly closed: Promise<void> }[] = []
  private constructor(private readonly server: Server, readonly destination: Destination) {}

  static async open(destination: Destination): Promise<Tap> {
    const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const tap = new Tap(server, destination)
    server.on('connection', (client: Socket) => tap.accept(client))
    return tap
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port
  }
  /** Where a driver connects to. */
  get address(): { host: string; port: number; user: string; password: string; database: string } {
    const { user, password, database } = this.destination
    return { host: '127.0.0.1', port: this.port, user, password, database }
  }

  private accept(client: Socket): void {
    const chunks: Buffer[] = []
    let done: () => void = () => undefined
    this.recorded.push({ chunks, closed: new Promise((resolve) => (done = resolve)) })
    client.on('error', () => undefined)
    void outward(this.destination).then((server) => {
      server.on('error', () => client.destroy())
      server.on('data', (chunk: Buffer) => chunks.push(chunk))
      server.once('close', () => done())
      client.once('close', () => server.destroy())
      server.pipe(client)
      client.pipe(server)
    }, () => {
      client.destroy()
      done()
    })
  }

  /** Waits until every connection is closed, and hands over what each server said after it let the client in. */
  async transcripts(): Promise<Frame[][]> {
    await Promise.all(this.recorded.map(({ closed }) => closed))
    await new Promise<void>((resolve) => this.server.close(() => resolve()))
    return this.recorded.map(({ chunks }) => afterLogin(framesOf(Buffer.concat(chunks))))
  }
}

/** Every byte is in a frame, or in a last one of type `?`. */
export function framesOf(bytes: Buffer): Frame[] {
  const frames: Frame[] = []
  let at = 0
  while (at < bytes.length) {
    const end = bytes.length - at < 5 ? bytes.length + 1 : at + 1 + bytes.readInt32BE(at + 1)
    if (end > bytes.length) {
      frames.push({ type: '?', body: bytes.subarray(at) })
      break
    }
    frames.push({ type: String.fromCharCode(bytes[at]!), body: bytes.subarray(at + 5, end) })
    at = end
  }
  return frames
}

/** From AuthenticationOk on, with the only things that may differ masked: the process id and key of the session. */
function afterLogin(frames: Frame[]): Frame[] {
  const from = frames.findIndex(({ type, body }) => type === 'R' && body.readInt32BE(0) === 0)
  return (from === -1 ? frames : frames.slice(from)).map((frame) => {
    if (frame.type === 'K') return { type: 'K', body: Buffer.alloc(frame.body.length) }
    if (frame.type === 'A') return { type: 'A', body: Buffer.concat([Buffer.alloc(4), frame.body.subarray(4)]) } // who notified
    return frame
  })
}

/** The types in order; a run of a thousand or more as `D*1000`. */
export const typesOf = (frames: readonly Frame[]): string => frames.map(({ type }) => type).join('').replace(/(.)\1{999,}/g, (run) => `${run[0]}*${run.length}`)

const show = (frame: Frame | undefined): string =>
  frame === undefined ? 'nothing' : `${frame.type} (${frame.body.length} bytes) ${JSON.stringify(frame.body.toString('latin1', 0, 300))}`

/** Where two recordings part, in words; undefined where they are equal byte for byte. */
export function firstDifference(direct: readonly Frame[][], through: readonly Frame[][]): string | undefined {
  if (direct.length !== through.length) return `${direct.length} connections directly, ${through.length} through the proxy`
  for (const [n, frames] of direct.entries()) {
    const others = through[n]!
    for (let i = 0; i < Math.max(frames.length, others.length); i++) {
      const a = frames[i]
      const b = others[i]
      if (a === undefined || b === undefined || a.type !== b.type || !a.body.equals(b.body))
        return `connection ${n}, message ${i}: directly ${show(a)}; through the proxy ${show(b)}; before it ${typesOf(frames.slice(Math.max(0, i - 20), i))}`
    }
  }
  return undefined
}

/** Runs the program twice, directly and through the proxy, each against a tap of its own. */
export async function recordBoth<T>(stack: Stack, credential: Credential | Destination, program: (tap: Tap) => Promise<T>): Promise<{ direct: Frame[][]; through: Frame[][]; results: [T, T] }> {
  const record = async (destination: Destination) => {
    const tap = await Tap.open(destination)
    const result = await program(tap)
    return { result, transcripts: await tap.transcripts() }
  }
  const direct = await record(directly(stack))
  const through = await record('host' in credential ? credential : throughProxy(stack, credential))
  return { direct: direct.transcripts, through: through.transcripts, results: [direct.result, through.result] }
}
