/** Helpers for tests of volume: what comes is counted and dropped, and memory and latency are watched meanwhile. */
import pg from 'pg'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import type { RawClient } from './raw-client.js'
import type { ServiceProcess } from './service.js'

const MB = 1e6

/** Counts what the server sends from now on instead of keeping it. The client's own reading is over. */
export class Drain {
  bytes = 0
  private tail = Buffer.alloc(0)
  private wake: (() => void) | undefined
  private readonly socket: Socket

  constructor(client: RawClient) {
    this.socket = client.socket
    this.socket.removeAllListeners('data')
    this.socket.on('data', (chunk: Buffer) => {
      this.bytes += chunk.length
      this.tail = Buffer.concat([this.tail, chunk.subarray(-64)]).subarray(-64)
      this.wake?.()
    })
    this.socket.on('close', () => this.wake?.())
  }
  /** Waits for ReadyForQuery as the last thing that came, and for at least so many bytes. */
  async ready(bytesMin = 0, status = 'I'): Promise<Buffer> {
    const end = Buffer.concat([Buffer.from('Z\0\0\0\x05'), Buffer.from(status)])
    while (this.bytes < bytesMin || !this.tail.subarray(-6).equals(end)) {
      if (this.socket.destroyed) throw new Error(`the connection was closed after ${this.bytes} bytes, the last of them ${this.tail.toString('latin1')}`)
      await new Promise<void>((resolve) => (this.wake = resolve))
    }
    return this.tail
  }
}

/** Sends as fast as the other side takes it, and no faster. */
export async function pour(socket: Socket, chunk: Buffer, times: number): Promise<void> {
  for (let i = 0; i < times; i++) if (!socket.write(chunk)) await once(socket, 'drain')
}

/** How far a process grows while something happens, in MB. */
export async function growthMb(service: ServiceProcess, work: () => Promise<unknown>): Promise<number> {
  const before = service.memoryBytes()
  let most = before
  const timer = setInterval(() => (most = Math.max(most, service.memoryBytes())), 25)
  try {
    await work()
  } finally {
    clearInterval(timer)
  }
  return Math.round((Math.max(most, service.memoryBytes()) - before) / MB)
}

/** Small statements, one after the other, until `stop`: how many were answered, and how long they took. */
export function bystander(client: pg.Client): { stop: () => Promise<{ answered: number; medianMs: number; worstMs: number }> } {
  let going = true
  const times: number[] = []
  const loop = (async () => {
    while (going) {
      const startedAt = performance.now()
      await client.query('SELECT 1')
      times.push(performance.now() - startedAt)
    }
  })()
  return {
    stop: async () => {
      going = false
      await loop
      times.sort((a, b) => a - b)
      const round = (value = 0) => Math.round(value * 10) / 10
      return { answered: times.length, medianMs: round(times[times.length >> 1]), worstMs: round(times.at(-1)) }
    },
  }
}
