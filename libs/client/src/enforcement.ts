/** The `PgBeam-Enforcement` header: `seq=41, enforced, elapsed-ms=9, proxies=3, fenced=0, sessions=42, statements=1`; of fenced proxies also `backends=3, backends-ended=2`. */
export interface Enforcement {
  readonly seq: number
  /** Every proxy obeys; otherwise the receipt can be asked for later. */
  readonly enforced: boolean
  readonly elapsedMs: number
  readonly proxies: number
  readonly fenced: number
  /** Fenced ones that may go on serving applications with the database's stored user: of those nothing is confirmed. */
  readonly passthroughUnconfirmed: number
  readonly sessions: number
  readonly statements: number
  /** Processes of the control plane that remember keys, for a change to a key; 0 for other changes. */
  readonly replicas: number
  /** Sessions that fenced proxies had open at databases, and how many of them are over. Undefined where nobody has looked (yet). */
  readonly backends: { readonly known: number; readonly ended: number } | undefined
}

/** @returns undefined for a missing header, or one that does not say which event it is about */
export function parseEnforcement(header: string | null): Enforcement | undefined {
  if (header === null) return undefined
  const parts = header.split(',').map((part) => part.trim())
  const number = (name: string): number => {
    const value = parts.find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1) ?? ''
    return /^\d+$/.test(value) ? Number(value) : 0
  }
  const seq = number('seq')
  if (seq === 0) return undefined
  return {
    seq,
    enforced: parts.includes('enforced'),
    elapsedMs: number('elapsed-ms'),
    proxies: number('proxies'),
    fenced: number('fenced'),
    passthroughUnconfirmed: number('passthrough-unconfirmed'),
    sessions: number('sessions'),
    statements: number('statements'),
    replicas: number('replicas'),
    backends: parts.some((part) => part.startsWith('backends=')) ? { known: number('backends'), ended: number('backends-ended') } : undefined,
  }
}
