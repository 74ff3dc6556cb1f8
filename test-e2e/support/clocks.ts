/** Proxies whose clocks a test turns: the wall clock by libfaketime, the monotonic one by a sleep of its machine. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { unpackDebianPackage } from '../../scripts/lib/debian.mjs'
import type { Fault } from './fault-bench.js'
import type { FaultKind } from './fault-kinds.js'
import type { ServiceProcess } from './service.js'

const HOUR_S = 3_600
const SUSPENDABLE = fileURLToPath(new URL('suspendable.mjs', import.meta.url))

/** The library below a folder that stands for `/`, wherever this machine's kind keeps it. */
function libfaketime(root: string): string | undefined {
  const lib = join(root, 'usr/lib')
  if (!existsSync(lib)) return undefined
  const folders = ['.', ...readdirSync(lib).filter((name) => name.endsWith('-linux-gnu'))]
  return folders.map((folder) => join(lib, folder, 'faketime/libfaketime.so.1')).find((file) => existsSync(file))
}

export class Clocks {
  private readonly dir = mkdtempSync(join(tmpdir(), 'pgbeam-clocks-'))
  private readonly sleptMs = new Map<number, number>()
  private readonly offS = new Map<number, number>()

  private constructor(private readonly library: string) {}

  static make(): Clocks {
    const library = libfaketime('/') ?? libfaketime(unpackDebianPackage('libfaketime') ?? '/')
    if (library === undefined) throw new Error('the clocks of proxies are turned by libfaketime: install it (libfaketime on Debian) and run this again')
    return new Clocks(library)
  }

  /** What a proxy needs in its environment for its clocks to be turned. */
  env(index: number): Record<string, string> {
    this.step(index, 0)
    this.sleep(index, 0)
    return {
      // The file is read once a second and not at each look at the clock: nothing may stand between that look and the write that
      // it allows, and a process that is stopped there writes once when it goes on (docs/proof/README.md, "What is assumed").
      LD_PRELOAD: this.library, FAKETIME_TIMESTAMP_FILE: this.file('wall', index), FAKETIME_CACHE_DURATION: '1', DONT_FAKE_MONOTONIC: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1',
      NODE_OPTIONS: `--import ${SUSPENDABLE}`, PGBEAM_ASLEEP_FILE: this.file('asleep', index),
    }
  }

  /** The wall clock is off by so many seconds from here on. */
  step(index: number, seconds: number): void {
    this.offS.set(index, seconds)
    writeFileSync(this.file('wall', index), `${seconds < 0 ? '' : '+'}${seconds}`)
  }

  isOff(index: number): boolean {
    return this.offS.get(index) !== 0
  }

  /** Its machine slept: the monotonic clock has not counted that. To be called while the process stands still. */
  sleep(index: number, ms: number): void {
    const all = (this.sleptMs.get(index) ?? 0) + ms
    this.sleptMs.set(index, all)
    writeFileSync(this.file('asleep', index), String(Math.round(all)).padEnd(16))
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true })
  }

  private file(name: string, index: number): string {
    return join(this.dir, `${name}-${index}`)
  }

  /** What can befall the clocks of one proxy. */
  get kinds(): FaultKind[] {
    const of = (name: string, make: (proxy: ServiceProcess, index: number) => Pick<Fault, 'begin' | 'end'>): FaultKind => ({ stack, random }) => {
      const index = Math.floor(random.next() * stack.proxies.length)
      const proxy = stack.proxies[index]!
      return { name: `${proxy.name} ${name}`, touches: proxy.name, kind: 'process', ...make(proxy, index) }
    }
    const steps = (seconds: number) => (_proxy: ServiceProcess, index: number) => ({ begin: () => this.step(index, seconds), end: () => this.step(index, 0) })
    const sleeps = (wall: boolean) => (proxy: ServiceProcess, index: number) => {
      let sinceMs = 0
      return {
        begin: () => {
          sinceMs = performance.now()
          proxy.freeze()
        },
        end: () => {
          this.sleep(index, performance.now() - sinceMs)
          if (wall) this.step(index, this.isOff(index) ? 0 : HOUR_S) // somebody sets the clock of a machine that wakes up
          proxy.thaw()
        },
      }
    }
    return [
      of('has its wall clock set an hour forward', steps(HOUR_S)),
      of('has its wall clock set an hour back', steps(-HOUR_S)),
      of('sleeps with its machine', sleeps(false)),
      of('sleeps with its machine, whose wall clock is then moved by an hour', sleeps(true)),
    ]
  }
}
