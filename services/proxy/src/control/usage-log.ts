/** Who logged in since the control plane last heard of it: one entry a credential, bounded. */
const MAX = 1000

export interface Use {
  readonly credential_id: string
  readonly at: string
}

export class UsageLog {
  private readonly used = new Map<string, string>()

  note(credentialId: string, atMs: number): void {
    if (this.used.size < MAX * 10 || this.used.has(credentialId)) this.used.set(credentialId, new Date(atMs).toISOString())
  }

  /** The oldest entries, at most what one message carries. */
  take(): Use[] {
    const taken: Use[] = []
    for (const [credential_id, at] of this.used) {
      if (taken.length >= MAX) break
      taken.push({ credential_id, at })
    }
    for (const { credential_id } of taken) this.used.delete(credential_id)
    return taken
  }

  /** What could not be delivered; a newer use stands. */
  putBack(uses: readonly Use[]): void {
    for (const { credential_id, at } of uses) if (!this.used.has(credential_id)) this.used.set(credential_id, at)
  }
}
