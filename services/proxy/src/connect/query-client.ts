/**
 * Queries of the proxy's own over an upstream session: the catalog uses it, the relay never. The server belongs to whoever
 * entered its address, and the proxy to everybody: each length is checked, and what one answer may hold and take is bounded.
 */
import { serialize } from 'pg-protocol'
import { backend, frameEnd, HEADER_BYTES, parseErrorFields } from '@pgbeam/pg-wire'
import type { Upstream } from './connector.js'
import { UpstreamRefused, UpstreamUnavailable } from './errors.js'

export type Row = readonly (string | null)[]

const DATA_ROW = 'D'.charCodeAt(0)
/** A catalog of a million columns fits; a server that never stops sending does not. */
const CATALOG_BYTES_MAX = 256 << 20
const MESSAGE_BYTES_MAX = 16 << 20

export class QueryClient {
  private rows: Row[] = []
  private failure: Error | undefined
  private waiter: { resolve: (rows: Row[]) => void; reject: (error: Error) => void } | undefined
  private gone: Error | undefined
  private held: Buffer = Buffer.alloc(0)
  private received = 0
  private readonly deadline: NodeJS.Timeout

  /**
   * @param timeoutMs for all queries together: a server that falls silent must not hold whoever waits for ever
   * @param bytesMax of all answers together
   */
  constructor(
    private readonly upstream: Upstream,
    timeoutMs: number,
    private readonly bytesMax = CATALOG_BYTES_MAX,
  ) {
    this.deadline = setTimeout(() => {
      this.fail(new UpstreamUnavailable('the database did not answer in time'))
    }, timeoutMs)
    upstream.stream.on('data', this.onData)
    upstream.stream.on('close', this.onClose)
    upstream.stream.on('end', this.onClose)
    upstream.stream.resume()
  }

  /** Runs one statement; every column comes as text or null. One at a time. */
  query(sql: string): Promise<Row[]> {
    if (this.gone) return Promise.reject(this.gone)
    return new Promise((resolve, reject) => {
      this.rows = []
      this.failure = undefined
      this.waiter = { resolve, reject }
      this.upstream.stream.write(serialize.query(sql))
    })
  }

  close(): void {
    clearTimeout(this.deadline)
    this.gone ??= new UpstreamUnavailable('closed')
    this.upstream.stream.end(serialize.end())
    const raw = this.upstream.raw
    setTimeout(() => raw.destroy(), 1000).unref()
  }

  private readonly onData = (chunk: Buffer): void => {
    if (this.gone) return
    this.received += chunk.length
    try {
      if (this.received > this.bytesMax) throw new RangeError('more than an answer may have')
      this.held = this.held.length === 0 ? chunk : Buffer.concat([this.held, chunk])
      let at = 0
      for (let end = frameEnd(this.held, at, MESSAGE_BYTES_MAX); end !== undefined; end = frameEnd(this.held, at, MESSAGE_BYTES_MAX)) {
        this.onMessage(this.held[at] as number, this.held.subarray(at + HEADER_BYTES, end))
        at = end
      }
      this.held = this.held.subarray(at)
    } catch (error) {
      this.fail(new UpstreamUnavailable('the database sent something that is not the Postgres protocol', error))
    }
  }

  private onMessage(tag: number, body: Buffer): void {
    switch (tag) {
      case DATA_ROW:
        this.rows.push(columnsOf(body))
        return
      case backend.errorResponse: {
        const fields = parseErrorFields(body)
        this.failure = new UpstreamRefused(fields.get('C') ?? 'XX000', fields.get('M') ?? 'the database refused a query')
        return
      }
      case backend.readyForQuery: {
        const waiter = this.waiter
        this.waiter = undefined
        if (this.failure) waiter?.reject(this.failure)
        else waiter?.resolve(this.rows)
        return
      }
      default:
        return
    }
  }

  private fail(error: Error): void {
    this.gone ??= error
    clearTimeout(this.deadline)
    this.waiter?.reject(this.failure ?? error)
    this.waiter = undefined
    this.upstream.raw.destroy()
  }

  private readonly onClose = (): void => {
    this.fail(new UpstreamUnavailable('the database closed the connection'))
  }
}

/** @throws RangeError where the row is not what its lengths say */
function columnsOf(body: Buffer): Row {
  const columns: (string | null)[] = []
  const count = body.readInt16BE(0)
  let at = 2
  for (let i = 0; i < count; i++) {
    const length = body.readInt32BE(at)
    at += 4
    if (length < -1 || at + length > body.length) throw new RangeError('a column that ends behind its row')
    columns.push(length === -1 ? null : body.toString('utf8', at, at + length))
    if (length > 0) at += length
  }
  return columns
}
