/** The chain through the enforcement log: each event's hash covers the one before, so a removed or changed event shows. */
import { createHash } from 'node:crypto'

export const firstHash = '0'.repeat(64)

export interface HashedEvent {
  readonly epoch: string
  readonly seq: bigint
  readonly at: Date
  readonly kind: string
  readonly projectId: string
  readonly body: string
}

/** The same lines that append_enforcement() in the database hashes. */
export function eventHash(previousHash: string, event: HashedEvent): string {
  const lines = [previousHash, event.epoch, event.seq, event.at.toISOString(), event.kind, event.projectId, event.body]
  return createHash('sha256').update(lines.join('\n')).digest('hex')
}
