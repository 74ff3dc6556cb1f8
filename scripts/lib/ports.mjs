/** Free TCP ports on loopback, for everything the scripts and the tests start. No dependencies. */
import { createServer } from 'node:net'

/** Below where kernels take the ports of outgoing connections, which would come between the pick and its use. */
const USUAL = { first: 20_000, last: 32_000 }

/** `PGBEAM_PORT_RANGE=23000-23999` keeps every port within a range, for machines that several people share. */
function configuredRange() {
  const match = /^(\d+)-(\d+)$/.exec(process.env.PGBEAM_PORT_RANGE ?? '')
  return match ? { first: Number(match[1]), last: Number(match[2]) } : undefined
}

/** Holds the port while the caller still picks others, so that two picks never give the same one. */
function hold(port) {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      resolve({ port: server.address().port, release: () => new Promise((done) => server.close(done)) })
    })
  })
}

async function holdAny(range, taken) {
  const size = range.last - range.first + 1
  for (let attempt = 0; attempt < size; attempt++) {
    const port = range.first + Math.floor(Math.random() * size)
    if (taken.has(port)) continue
    try {
      return await hold(port)
    } catch {
      taken.add(port)
    }
  }
  throw new Error(`no free port between ${range.first} and ${range.last}`)
}

/** Distinct free ports. Each entry of `preferred` is used when it is free, else another one takes its place. */
export async function freePorts(preferred) {
  const held = []
  const taken = new Set()
  try {
    const range = configuredRange()
    for (const port of preferred) {
      const welcome = port > 0 && (!range || (port >= range.first && port <= range.last))
      const one = await (welcome ? hold(port).catch(() => holdAny(range ?? USUAL, taken)) : holdAny(range ?? USUAL, taken))
      taken.add(one.port)
      held.push(one)
    }
    return held.map((one) => one.port)
  } finally {
    await Promise.all(held.map((one) => one.release()))
  }
}

/** One free port, the preferred one if possible. */
export async function freePort(preferred = 0) {
  const [port] = await freePorts([preferred])
  return port
}
