/**
 * Recognises a COMMIT or ROLLBACK that is parsed, bound and executed in one go, as drivers send it. One that was prepared earlier is
 * not recognised: its name may mean something else by now, and nobody here would know.
 */
import { frontend, HEADER_BYTES } from '@pgbeam/pg-wire'
import { endsTransaction } from './statement-texts.js'

export class TransactionEnd {
  /** The statement that was just parsed, then the portal that was just bound to it, each with its NUL. */
  private name: Buffer | undefined
  private portal: Buffer | undefined

  /** A message that goes to the database. @returns whether it executes the end of a transaction */
  passes(tag: number, chunk: Buffer, at: number, next: number): boolean {
    const { name, portal } = this
    if (tag === frontend.describe) return false
    this.name = undefined
    this.portal = undefined
    if (next > chunk.length) return false
    const body = at + HEADER_BYTES
    switch (tag) {
      case frontend.parse: {
        const text = chunk.indexOf(0, body) + 1
        const end = chunk.indexOf(0, text)
        if (text > 0 && end > 0 && end < next && endsTransaction(chunk, text, end)) this.name = Buffer.from(chunk.subarray(body, text))
        return false
      }
      case frontend.bind: {
        const statement = chunk.indexOf(0, body) + 1
        if (name !== undefined && statement > 0 && startsWith(chunk, statement, next, name)) this.portal = Buffer.from(chunk.subarray(body, statement))
        return false
      }
      case frontend.execute:
        return portal !== undefined && startsWith(chunk, body, next, portal)
      default:
        return false
    }
  }
}

const startsWith = (chunk: Buffer, at: number, next: number, bytes: Buffer): boolean =>
  at + bytes.length <= next && chunk.compare(bytes, 0, bytes.length, at, at + bytes.length) === 0
