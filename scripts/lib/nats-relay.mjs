/**
 * A NATS server that a test may stop and start again, where the only real one is somebody else's (`NATS_URL`): a relay in
 * front of it on loopback. Stopped, it refuses connections and drops those it has, as a server that went away does.
 */
import { connect, createServer } from 'node:net'

/** @returns `{ url, port, source, stop() }`, like startNats */
export async function relayTo(natsUrl, port = 0) {
  const { hostname, port: upstreamPort } = new URL(natsUrl.includes('://') ? natsUrl : `nats://${natsUrl}`)
  const open = new Set()
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(upstreamPort || 4222), noDelay: true })
    for (const socket of [client, upstream]) {
      open.add(socket)
      socket.on('error', () => { /* its end is told by close */ })
      socket.once('close', () => {
        open.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    client.pipe(upstream)
    upstream.pipe(client)
  })
  await new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host: '127.0.0.1' }, resolve)
  })
  return {
    url: `nats://127.0.0.1:${server.address().port}`, port: server.address().port, source: 'relay',
    stop: () => new Promise((resolve) => {
      server.close(() => resolve())
      for (const socket of open) socket.destroy()
    }),
  }
}
