/** Commits changes of access. When it returns, no replica acts on what was before. */
import { Injectable } from '@nestjs/common'
import { committed, unchanged, type Change } from '../enforcement/change.js'
import { Database, type Transaction } from '../platform/database/database.js'
import { appendAccess, type NewAccessChange } from './access-log.js'
import { AccessReceipts } from './cache/access-receipts.js'

type Work<T> = (tx: Transaction) => Promise<{ readonly value: T; readonly changes: readonly NewAccessChange[] }>

@Injectable()
export class AccessChanges {
  constructor(
    private readonly db: Database,
    private readonly receipts: AccessReceipts,
  ) {}

  /** @param work changes rows and returns what to record of it; nothing recorded means that nothing had to be changed */
  async commit<T>(work: Work<T>): Promise<T> {
    const { value, seq, committedAtMs } = await this.begin(work)
    if (seq !== undefined && committedAtMs !== undefined) await this.receipts.confirm(seq, committedAtMs)
    return value
  }

  /** The same without waiting, for whoever answers with a receipt: `seq` is that of the last change, which no replica has before the others. */
  async begin<T>(work: Work<T>): Promise<Change<T>> {
    const { value, appended } = await this.db.transaction(async (tx) => {
      const { value, changes } = await work(tx)
      const appended: { seq: number; subject: string }[] = []
      for (const change of changes) appended.push({ seq: await appendAccess(tx, change), subject: change.subjectId })
      return { value, appended }
    })
    for (const { seq, subject } of appended) this.receipts.forgetHere(seq, subject)
    const seq = appended.at(-1)?.seq
    return seq === undefined ? unchanged(value, undefined) : committed(value, seq)
  }
}
