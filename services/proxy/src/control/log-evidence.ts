/**
 * What the control plane signed that shows how far the log had come: the text itself, of the furthest in the present life of the log.
 * A database that was brought back from an older copy is noticed by proxies that have seen more, and nobody need take their word for it.
 */
export class LogEvidence {
  private epoch = ''
  private seq = -1
  private signed: string | undefined

  /** @param text called where it is further than what is kept */
  note(epoch: string, seq: number, text: () => string): void {
    if (epoch === this.epoch && seq < this.seq) return
    this.epoch = epoch
    this.seq = seq
    this.signed = text()
  }

  get text(): string | undefined {
    return this.signed
  }
}
