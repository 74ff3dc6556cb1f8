/**
 * What the database still owes an answer to, by the rules of the protocol's "Message Flow": each extended message has one
 * closing answer, an error in a batch skips to Sync (queries included), Sync inside COPY data is not answered. From this
 * follows whether a statement runs, which decides over time limits, cancel requests and the drain: an undercount would
 * let a statement escape them.
 */

/** In the queue, a positive number is a run of extended messages without their closing answers. */
const QUERY = -1
const SYNC = -2
const COPY_END = -3

export class Conversation {
  private readonly queue: number[] = []
  /** An error ended a batch whose Sync has not been sent: until then the server drops everything. */
  private skipping = false
  /** Extended messages were sent since the last Sync or Query. */
  private batchOpen = false
  /** The server reads COPY data, and the client has not ended it. */
  private copying = false
  /** Syncs that the running COPY swallows, unless it fails before it reads them. */
  private copySyncs = 0
  /** Syncs behind which a COPY failed: each may be answered or not, so each counts as unanswered. */
  private doubtful = 0
  private doubtfulAfterReady = 0

  /** The server is at work, as far as one can know. */
  get busy(): boolean {
    return this.queue.length > 0 || this.doubtful > 0
  }

  /** Nothing is unanswered, and no batch stands open. */
  get settled(): boolean {
    return !this.busy && !this.batchOpen && !this.skipping
  }

  /** What is to be answered next. */
  get next(): 'query' | 'sync' | 'message' | 'nothing' {
    const head = this.queue[0]
    if (this.doubtful > 0) return 'message'
    return head === undefined ? 'nothing' : head === QUERY ? 'query' : head === SYNC ? 'sync' : 'message'
  }

  // ── what the client sends ──

  /** Parse, Bind, Describe, Execute or Close. */
  extended(): void {
    this.batchOpen = true
    if (this.skipping) return
    const last = this.queue.length - 1
    if (last >= 0 && (this.queue[last] as number) > 0) (this.queue[last] as number)++
    else this.queue.push(1)
  }

  /** Query or FunctionCall. */
  query(): void {
    if (this.skipping) return
    this.batchOpen = false
    this.queue.push(QUERY)
  }

  sync(): void {
    if (this.copying) {
      this.copySyncs++
      return
    }
    this.batchOpen = false
    this.skipping = false
    this.queue.push(SYNC)
  }

  /** CopyDone or CopyFail. Sent ahead of the server's CopyInResponse, it says which Syncs are part of the data. */
  copyEnded(): void {
    if (this.copying) this.copying = false
    else if (this.queue.length > 0) this.queue.push(COPY_END)
  }

  // ── what the server answers ──

  /** The closing answer of an extended message; inside a simple query the same tags mean nothing. */
  answered(): void {
    const { queue } = this
    if (queue.length === 0 || (queue[0] as number) <= 0) return
    this.copying = false
    this.copySyncs = 0
    if (--(queue[0] as number) === 0) this.shift()
  }

  copyInStarted(): void {
    const { queue } = this
    this.copying = true
    for (let i = 1; i < queue.length; ) {
      if (queue[i] === COPY_END) {
        queue.splice(i, 1)
        this.copying = false
        return
      }
      if (queue[i] === SYNC) {
        queue.splice(i, 1)
        this.copySyncs++
      } else i++
    }
  }

  error(): void {
    const { queue } = this
    this.copying = false
    const head = queue[0]
    if (head === QUERY) this.doubtfulAfterReady += this.copySyncs
    else if (head !== undefined && head > 0) {
      queue.shift()
      // A doubtful Sync may have been the one that the server skips to: then what follows is not dropped.
      if (this.copySyncs > 0) this.doubtful += this.copySyncs
      else {
        while (queue.length > 0 && queue[0] !== SYNC) queue.shift()
        this.skipping = queue.length === 0
      }
    }
    this.copySyncs = 0
  }

  ready(): void {
    const { queue } = this
    this.copying = false
    this.copySyncs = 0
    if (this.doubtful > 0) this.doubtful-- // they stand before everything that is in the queue
    else {
      while (queue.length > 0) {
        const kind = queue.shift() as number
        if (kind === QUERY || kind === SYNC) break
      }
      while (queue[0] === COPY_END) queue.shift()
    }
    this.doubtful += this.doubtfulAfterReady
    this.doubtfulAfterReady = 0
  }

  private shift(): void {
    do this.queue.shift()
    while (this.queue[0] === COPY_END)
  }
}
