/** Commits changes of access. When it returns, no replica acts on what was before. */
import { Injectable } from '@nestjs/common'
import { Database, type Transaction } from '../platform/database/database.js'
import { appendAccess, type NewAccessChange } from './access-log.js'
import { AccessReceipts } from './cache/access-receipts.js'

@Injectable()
export class AccessChanges {
  constructor(
    private readonly db: Database,
    private readonly receipts: AccessReceipts,
  ) {}

  /** @param work changes rows and returns what to record of it; nothing recorded means that nothing had to be changed */
  async commit<T>(work: (tx: Transaction) => Promise<{ readonly value: T; readonly changes: readonly NewAccessChange[] }>): Promise<T> {
    const { value, appended } = await this.db.transaction(async (tx) => {
      const { value, changes } = await work(tx)
      const appended: { seq: number; subject: string }[] = []
      for (const change of changes) appended.push({ seq: await appendAccess(tx, change), subject: change.subjectId })
      return { value, appended }
    })
    const committedAtMs = performance.now()
    await Promise.all(appended.map(({ seq, subject }) => this.receipts.confirm(seq, subject, committedAtMs)))
    return value
  }
}
