/**
 * A database that goes away sends its reason (57P01, 57P02) and closes. If a write of ours meets the closed connection before
 * the reason was read, Node destroys the socket for the failed write, and what already lay in the kernel is lost: the client
 * would hear "connection closed" where a direct one hears why. libpq reads on after a failed write; so do we.
 */
import type { Socket } from 'node:net'

/** A client that takes its time (its session does not read meanwhile) gets as long as for any last answer. */
const AT_MOST_MS = 30_000
const PAUSED_LOOK_MS = 20
/** Turns of the loop without a byte after which nothing more can come: a reset connection receives nothing new. */
const QUIET_TURNS = 2

/** Lets a write that failed on a closed connection end the socket only when everything that had arrived was read. */
export function keepLastWords(socket: Socket): void {
  const destroy = socket.destroy.bind(socket)
  let lingering = false
  socket.destroy = (error?: Error): Socket => {
    if (lingering || socket.destroyed || !isFailedWrite(error)) return destroy(error)
    lingering = true
    // A failed write marks the reading side too, which drops from then on what it reads. (A socket with `onread` does not look.)
    const { _readableState: readable } = socket as unknown as { _readableState: { errored: Error | null } }
    readable.errored = null
    const startedMs = performance.now()
    let seen = socket.bytesRead
    let quiet = 0
    const look = (): void => {
      if (socket.destroyed) return
      quiet = socket.bytesRead === seen && !socket.isPaused() ? quiet + 1 : 0
      seen = socket.bytesRead
      if (quiet >= QUIET_TURNS || performance.now() - startedMs > AT_MOST_MS) destroy(error)
      else if (socket.isPaused()) setTimeout(look, PAUSED_LOOK_MS)
      else setImmediate(look)
    }
    setImmediate(look)
    return socket
  }
}

function isFailedWrite(error: (Error & { syscall?: string; code?: string }) | undefined): boolean {
  return error?.syscall === 'write' && (error.code === 'EPIPE' || error.code === 'ECONNRESET')
}
