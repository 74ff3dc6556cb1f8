/** Two relays in a row: one in a network namespace, and one here that it reaches by the wire between them. See network.ts. */
import { spawn } from 'node:child_process'
import { connect, createServer } from 'node:net'

const [namespace, there, here, port] = process.argv.slice(2)

/** Whatever comes in goes on to another place. */
function relay(listenHost, to, ready) {
  const server = createServer({ noDelay: true }, (client) => {
    const onward = connect({ ...to, noDelay: true })
    for (const [from, other] of [[client, onward], [onward, client]]) {
      from.on('error', () => { /* its end is told by close */ }).on('close', () => other.destroy())
      from.pipe(other)
    }
  })
  server.listen(0, listenHost, () => ready(server.address().port))
}

if (namespace === 'inside') {
  relay(there, { host: here, port: Number(port) }, (own) => process.stdout.write(`${own}\n`))
} else {
  relay(here, { host: '127.0.0.1', port: Number(port) }, (own) => {
    const inside = spawn('ip', ['netns', 'exec', namespace, process.execPath, process.argv[1], 'inside', there, here, String(own)], { stdio: ['ignore', 'inherit', 'inherit'] })
    process.on('SIGTERM', () => inside.kill('SIGTERM'))
    inside.on('exit', () => process.exit(0))
  })
}
