/** Whether the log once reached further than it does: shown by what a control plane of this cluster signed itself, and by nobody's word. */
import { createPublicKey } from 'node:crypto'
import { enforcementBatch, open, renewReply, sinceReply } from '@pgbeam/contracts'
import type { ClusterKeys } from '../platform/crypto/cluster-keys.js'

interface Shown {
  readonly epoch: string
  readonly seq: number
}

/** @returns the position that the log had reached; undefined for a text that is none of ours, or shows none */
export function shownBy(text: string, { signer }: Pick<ClusterKeys, 'signer'>): Shown | undefined {
  const keyOf = (kid: string) => (kid === signer.kid ? createPublicKey(signer.key) : undefined)
  const readings: (() => Shown)[] = [
    () => {
      const { epoch, prev_seq: before, events } = open('enforcement-batch', text, enforcementBatch, keyOf).body
      return { epoch, seq: events.at(-1)?.seq ?? before }
    },
    () => {
      const { epoch, head_seq: seq } = open('since-reply', text, sinceReply, keyOf).body
      return { epoch, seq }
    },
    () => {
      const { epoch, head_seq: seq } = open('renew-reply', text, renewReply, keyOf).body
      return { epoch, seq }
    },
  ]
  for (const read of readings) {
    try {
      return read()
    } catch {
      // It may be one of the others.
    }
  }
  return undefined
}
