/** What one stranger, one client or one tenant's database must not be able to do: end the proxy, or reach what is not theirs. */
import { connect as connectTls } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { loginError } from './support/connect.js'
import { cancelRequest, RawClient, startupMessage } from './support/raw-client.js'
import { startStack, type Credential, type Stack } from './support/stack.js'

let stack: Stack
let credential: Credential
beforeAll(async () => {
  stack = await startStack()
  credential = await stack.createCredential()
})
afterAll(() => stack?.stop())
// One failure must not make the rest fail.
afterEach(async () => {
  if (!stack.proxy.alive) await stack.proxy.restart()
})

/** The same process, and it serves. */
const serves = async (pid: number) => {
  expect(stack.proxy.pid).toBe(pid)
  expect(stack.proxy.alive).toBe(true)
  expect(await loginError(stack, credential)).toBeUndefined()
}

describe('strangers', () => {
  it.each(['//', 'http://[', '/\\', '*', '//:/mcp'])('who ask the MCP door for %s get an answer, and the proxy lives', async (target) => {
    const { pid } = stack.proxy
    const answer = await new Promise<string>((resolve) => {
      const socket = connectTls({ port: stack.proxy.mcpPort, host: '127.0.0.1', ca: stack.ca, servername: 'localhost' }, () => {
        socket.write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
      })
      let text = ''
      socket.on('data', (chunk: Buffer) => (text += chunk.toString()))
      socket.on('error', () => undefined)
      socket.on('close', () => resolve(text))
    })
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /)
    await serves(pid)
  })

  it.each<[string, Buffer]>([
    ['a cancel request', cancelRequest(1, Buffer.alloc(4))],
    ['protocol 2', startupMessage({ user: 'x' }, { major: 2 })],
    ['an SSLRequest', Buffer.from('0000000804d2162f', 'hex')],
  ])('who send %s inside TLS and break the connection do not end the proxy', async (_what, bytes) => {
    const { pid } = stack.proxy
    for (let i = 0; i < 20; i++) {
      const client = await RawClient.connect(stack.proxy.port)
      const plain = client.socket
      await client.upgrade({ ca: stack.ca })
      client.send(bytes)
      if (i % 2 === 0) plain.write(Buffer.from('garbage behind the TLS record'))
      if (i % 4 < 2) await new Promise((resolve) => setImmediate(resolve))
      plain.resetAndDestroy()
    }
    await serves(pid)
  })
})
