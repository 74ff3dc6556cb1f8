/**
 * A piece of real network between one service and what it talks to: packets are lost, and TCP waits longer and longer before it
 * tries again, which a relay that loses bytes does not show. A relay in a network namespace, and a router before it that
 * may lose everything; that takes root on Linux.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const RELAY = fileURLToPath(new URL('namespace-relay.mjs', import.meta.url))
const ip = (...args: string[]) => execFileSync('ip', args, { stdio: ['ignore', 'pipe', 'pipe'] })

/** Whether namespaces can be made here. */
export function canMakeNetworks(): boolean {
  const name = `pgbeam-try-${process.pid}`
  try {
    ip('netns', 'add', name)
    ip('netns', 'del', name)
    return true
  } catch {
    return false
  }
}

export class Network {
  private constructor(
    private readonly router: string,
    private readonly far: string,
    private readonly relay: ChildProcess,
    readonly url: string,
  ) {}

  /** @param target `nats://127.0.0.1:port` of this machine; it is reached by way of `url` */
  static async to(target: string): Promise<Network> {
    const net = `10.213.${1 + (process.pid % 250)}`
    const [here, near, beyond, there] = [`${net}.1`, `${net}.2`, `${net}.5`, `${net}.6`]
    const [router, far, wire] = [`pgbeam-router-${process.pid}`, `pgbeam-far-${process.pid}`, `pgb${process.pid}`]
    ip('netns', 'add', router)
    ip('netns', 'add', far)
    try {
      ip('link', 'add', wire, 'type', 'veth', 'peer', 'name', 'near', 'netns', router)
      ip('-n', router, 'link', 'add', 'beyond', 'type', 'veth', 'peer', 'name', 'wire', 'netns', far)
      for (const [place, device, address] of [[[], wire, here], [['-n', router], 'near', near], [['-n', router], 'beyond', beyond], [['-n', far], 'wire', there]] as const) {
        ip(...place, 'addr', 'add', `${address}/30`, 'dev', device)
        ip(...place, 'link', 'set', device, 'up')
      }
      ip('route', 'add', `${net}.4/30`, 'via', near)
      ip('-n', far, 'route', 'add', 'default', 'via', beyond)
      forward(router, true)
      // The server listens on loopback alone: what comes back out of the namespaces goes through a relay on this side.
      const relay = spawn(process.execPath, [RELAY, far, there, here, new URL(target).port], { stdio: ['ignore', 'pipe', 'inherit'] })
      const [said] = (await once(relay.stdout, 'data')) as [Buffer]
      return new Network(router, far, relay, `nats://${there}:${said.toString().trim()}`)
    } catch (error) {
      for (const name of [router, far]) ip('netns', 'del', name)
      throw error
    }
  }

  /** Nothing gets through the router, either way, and nobody is told. */
  lose(): void {
    forward(this.router, false)
  }
  mend(): void {
    forward(this.router, true)
  }
  async stop(): Promise<void> {
    this.relay.kill('SIGTERM')
    await once(this.relay, 'exit')
    for (const name of [this.router, this.far]) ip('netns', 'del', name) // and with them all wires
  }
}

function forward(router: string, yes: boolean): void {
  ip('netns', 'exec', router, 'sh', '-c', `echo ${yes ? 1 : 0} > /proc/sys/net/ipv4/ip_forward`)
}
