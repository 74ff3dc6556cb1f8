/**
 * A database made of a script, in a process of its own: it lets everybody in and then keeps silent, so that ten thousand
 * sessions can stand open without ten thousand backends. Sends its port to its parent.
 */
import { createServer } from 'node:net'

const SSL_REQUEST = 80877103
const CANCEL_REQUEST = 80877102

const frame = (tag, ...parts) => {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'number' ? int32(part) : Buffer.from(part))))
  return Buffer.concat([Buffer.from(tag), int32(body.length + 4), body])
}
function int32(value) {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}
const parameter = (name, value) => frame('S', `${name}\0${value}\0`)
// PostgreSQL manual 54.2.1: AuthenticationOk, parameters, BackendKeyData, ReadyForQuery.
const WELCOME = Buffer.concat([
  frame('R', 0), parameter('server_version', '18.0'), parameter('server_encoding', 'UTF8'), parameter('client_encoding', 'UTF8'),
  parameter('standard_conforming_strings', 'on'), parameter('integer_datetimes', 'on'), parameter('DateStyle', 'ISO, MDY'), parameter('TimeZone', 'UTC'),
  frame('K', 1, 2), frame('Z', 'I'),
])

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => socket.destroy())
  let held = Buffer.alloc(0)
  let open = false
  socket.on('data', (chunk) => {
    if (open) return
    held = Buffer.concat([held, chunk])
    while (!open && held.length >= 8 && held.length >= held.readInt32BE(0)) {
      const code = held.readInt32BE(4)
      held = held.subarray(held.readInt32BE(0))
      if (code === SSL_REQUEST) socket.write('N')
      else if (code === CANCEL_REQUEST) socket.destroy()
      else {
        open = true
        socket.write(WELCOME)
      }
    }
  })
})
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => process.send({ port: server.address().port }))
process.once('disconnect', () => process.exit(0))
