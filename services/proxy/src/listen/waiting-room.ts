/**
 * Connections that have not proved who they are. Each has one deadline, counted from accept; together they are bounded:
 * when the room is full the one that has waited longest leaves, so a flood of silent sockets cannot keep good logins out
 * (a good one is done within milliseconds, long before it is the oldest).
 */
import type { Socket } from 'node:net'

export class WaitingRoom {
  private readonly sockets = new Map<Socket, NodeJS.Timeout>()
  evicted = 0
  timedOut = 0

  constructor(
    private readonly seats: number,
    private readonly deadlineMs: number,
  ) {}

  get size(): number {
    return this.sockets.size
  }

  enter(socket: Socket): void {
    if (this.sockets.size >= this.seats) {
      const [oldest] = this.sockets.keys()
      if (oldest) {
        this.evicted++
        this.leave(oldest)
        oldest.destroy()
      }
    }
    const timer = setTimeout(() => {
      this.timedOut++
      this.leave(socket)
      socket.destroy()
    }, this.deadlineMs)
    timer.unref()
    this.sockets.set(socket, timer)
    socket.once('close', () => {
      this.leave(socket)
    })
  }

  leave(socket: Socket): void {
    clearTimeout(this.sockets.get(socket))
    this.sockets.delete(socket)
  }
}
