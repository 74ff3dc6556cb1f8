/** Queries of the proxy's own over an upstream session, with pg-protocol's parser: the catalog and the probe use it, the relay never. */
import { parse, serialize } from 'pg-protocol'
import type { BackendMessage, DataRowMessage, DatabaseError } from 'pg-protocol/dist/messages.js'
import type { Upstream } from './connector.js'
import { UpstreamUnavailable } from './errors.js'

export type Row = readonly (string | null)[]

export class QueryClient {
  private rows: Row[] = []
  private failure: Error | undefined
  private waiter: { resolve: (rows: Row[]) => void; reject: (error: Error) => void } | undefined
  private gone = false

  constructor(private readonly upstream: Upstream) {
    void parse(upstream.stream, this.onMessage)
    upstream.stream.on('close', this.onClose)
    upstream.stream.on('end', this.onClose)
    upstream.stream.resume()
  }

  /** Runs one statement; every column comes as text or null. One at a time. */
  query(sql: string): Promise<Row[]> {
    if (this.gone) return Promise.reject(new UpstreamUnavailable('the database closed the connection'))
    return new Promise((resolve, reject) => {
      this.rows = []
      this.failure = undefined
      this.waiter = { resolve, reject }
      this.upstream.stream.write(serialize.query(sql))
    })
  }

  close(): void {
    this.gone = true
    this.upstream.stream.end(serialize.end())
    const raw = this.upstream.raw
    setTimeout(() => raw.destroy(), 1000).unref()
  }

  private readonly onMessage = (message: BackendMessage): void => {
    switch (message.name) {
      case 'dataRow':
        this.rows.push((message as DataRowMessage).fields)
        return
      case 'error':
        this.failure = message as unknown as DatabaseError
        return
      case 'readyForQuery': {
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

  private readonly onClose = (): void => {
    this.gone = true
    this.waiter?.reject(this.failure ?? new UpstreamUnavailable('the database closed the connection'))
    this.waiter = undefined
  }
}
