/** Logging in to a database as its stored user: SCRAM-SHA-256(-PLUS), md5 or cleartext, whichever the server asks for. */
import { createHash, randomBytes } from 'node:crypto'
import { serialize } from 'pg-protocol'
import { authentication, backend, frameEnd, HEADER_BYTES, parseErrorFields, parseMechanisms, parseParameterStatus, startupMessage } from '@pgbeam/pg-wire'
import { ScramClient } from '@pgbeam/scram'
import type { DatabaseTarget } from '../credentials/credential.js'
import { ByteSource } from '../listen/byte-source.js'
import type { Line } from './dial.js'
import { UpstreamRefused, UpstreamUnavailable } from './errors.js'
import { upstreamKeys } from './scram-keys.js'

/** Messages before ReadyForQuery are small; a server that sends more is not Postgres. */
const LOGIN_BODY_BYTES_MAX = 65_536
/** All of them together: what is passed on to the client is kept until then. */
const LOGIN_BYTES_MAX = 1 << 20

export interface UpstreamSession {
  /** ParameterStatus and NoticeResponse frames as they came, to be passed on. */
  readonly greeting: Buffer
  readonly parameters: ReadonlyMap<string, string>
  readonly pid: number
  readonly cancelKey: Buffer
  /** Bytes that came behind ReadyForQuery: a notice, say. */
  readonly early: Buffer
}

/**
 * @param settings run-time parameters for the session, guards included
 * @throws UpstreamRefused with the server's own SQLSTATE; UpstreamUnavailable; the SCRAM errors where the server is not who it says
 */
export async function logIn(line: Line, target: DatabaseTarget, settings: Readonly<Record<string, string>>): Promise<UpstreamSession> {
  const source = new ByteSource(line.stream)
  let received = 0
  const read = async () => {
    const unit = await source.take((held) => frameEnd(held, 0, LOGIN_BODY_BYTES_MAX))
    received += unit.length
    if (received > LOGIN_BYTES_MAX) throw new UpstreamUnavailable('the database sent more during login than a login takes')
    return { tag: unit[0] as number, body: unit.subarray(HEADER_BYTES), unit }
  }
  line.stream.write(startupMessage(0, { ...settings, user: target.username, database: target.name }))
  const greeting: Buffer[] = []
  const parameters = new Map<string, string>()
  let pid = 0
  let cancelKey: Buffer = Buffer.alloc(0)
  const exchange = new Exchange(line, target)
  for (;;) {
    const { tag, body, unit } = await read()
    switch (tag) {
      case backend.authentication:
        await exchange.step(body)
        break
      case backend.errorResponse: {
        const fields = parseErrorFields(body)
        throw new UpstreamRefused(fields.get('C') ?? '08006', fields.get('M') ?? 'the database refused the connection')
      }
      case backend.parameterStatus: {
        const { name, value } = parseParameterStatus(body)
        parameters.set(name, value)
        greeting.push(Buffer.from(unit))
        break
      }
      case backend.noticeResponse:
        greeting.push(Buffer.from(unit))
        break
      case backend.backendKeyData:
        pid = body.readInt32BE(0)
        cancelKey = Buffer.from(body.subarray(4))
        break
      case backend.readyForQuery:
        exchange.mustBeDone()
        return { greeting: Buffer.concat(greeting), parameters, pid, cancelKey, early: Buffer.from(source.release()) }
      default:
        throw new UpstreamUnavailable(`the database sent an unexpected message (${String.fromCharCode(tag)}) during login`)
    }
  }
}

class Exchange {
  private scram: ScramClient | undefined
  private proven = true
  private done = false
  constructor(
    private readonly line: Line,
    private readonly target: DatabaseTarget,
  ) {}

  async step(body: Buffer): Promise<void> {
    const kind = body.readInt32BE(0)
    const data = body.subarray(4)
    switch (kind) {
      case authentication.ok:
        this.done = true
        return
      case authentication.cleartext:
        this.line.stream.write(serialize.password(this.target.password.reveal()))
        return
      case authentication.md5:
        this.line.stream.write(serialize.password(md5Answer(this.target, data.subarray(0, 4))))
        return
      case authentication.sasl: {
        this.proven = false
        this.scram = new ScramClient({
          nonce: randomBytes(18).toString('base64'),
          offered: parseMechanisms(data),
          endPoint: this.line.endPoint,
        })
        this.line.stream.write(serialize.sendSASLInitialResponseMessage(this.scram.mechanism, this.scram.first()))
        return
      }
      case authentication.saslContinue: {
        if (!this.scram) break
        const { salt, iterations, answer } = this.scram.challenge(data)
        const keys = await upstreamKeys(this.target.password, salt, iterations)
        this.line.stream.write(serialize.sendSCRAMClientFinalMessage(answer(keys)))
        return
      }
      case authentication.saslFinal:
        if (!this.scram) break
        this.scram.finish(data)
        this.proven = true
        return
    }
    throw new UpstreamUnavailable(`the database asks for an authentication method (${kind}) that is not supported`)
  }

  /** A server that skips its own proof after asking for SCRAM is not the one that knows the password. */
  mustBeDone(): void {
    if (!this.done || !this.proven) throw new UpstreamUnavailable('the database let us in without proving who it is')
  }
}

function md5Answer({ username, password }: DatabaseTarget, salt: Buffer): string {
  const md5 = (data: Buffer) => createHash('md5').update(data).digest('hex')
  const inner = md5(Buffer.from(password.reveal() + username))
  return `md5${md5(Buffer.concat([Buffer.from(inner), salt]))}`
}
