/**
 * Ends, by way of a live proxy, what a fenced one still has open at databases: sessions of the credentials that a change was about,
 * and of no others. A process that stands still forwards nothing more, but a statement that it forwarded before goes on, and bytes
 * that wait in it may leave when it wakes up; with the session at the database both are over.
 */
import { Inject, Injectable } from '@nestjs/common'
import { LRUCache } from 'lru-cache'
import { backendsMax, subjects, terminateReply } from '@pgbeam/contracts'
import type { EventRange } from '../enforcement/outcomes.js'
import type { Database as DatabaseRow } from '../generated/prisma/client.js'
import { passwordContext } from '../database/password-context.js'
import { Keyring } from '../platform/crypto/keyring.js'
import { LOGGER, type Logger } from '../platform/logger.js'
import { targetOf } from '../resolve/target.js'
import { AskProxy, targetFor, type Question } from './ask-proxy.js'
import { FleetRepository } from './fleet.repository.js'
import { UpstreamBackendsRepository, type ConcernedBackend } from './upstream-backends.repository.js'

const terminate = { subject: subjects.terminate, request: 'terminate-request', reply: 'terminate-reply', schema: terminateReply, timeoutMs: 8_000 } as const satisfies Question<typeof terminateReply>
/** A proxy renews each second; one that just went away is passed over after its first silence. */
const HEARD_WITHIN_MS = 3_000
const ASKED_MAX = 2
const AT_ONCE = 8
/** A repeated call is answered with what the last look found, until this much later. */
const AGAIN_AFTER_MS = 10_000
const LATELY_MAX = 1_000

interface Count {
  known: number
  ended: number
}

@Injectable()
export class Terminations {
  readonly #lately = new LRUCache<string, Promise<void>>({ max: LATELY_MAX, ttl: AGAIN_AFTER_MS })

  constructor(
    private readonly backends: UpstreamBackendsRepository,
    private readonly fleet: FleetRepository,
    private readonly proxies: AskProxy,
    private readonly keyring: Keyring,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Ends what these processes have open for the events, and keeps for their receipt how far that went. However often a call is
   * repeated, databases are connected to for it once in a while only.
   */
  end(event: EventRange, fenced: readonly string[]): Promise<void> {
    const key = `${event.seq} ${[...fenced].sort().join(' ')}`
    const lately = this.#lately.get(key)
    if (lately) return lately
    const ending = this.#end(event, fenced)
    this.#lately.set(key, ending)
    return ending
  }

  async #end(event: EventRange, fenced: readonly string[]): Promise<void> {
    const concerned = await this.backends.concernedBy(event, fenced)
    const counts = new Map<string, Count>(fenced.map((incarnation) => [incarnation, { known: 0, ended: 0 }]))
    for (const { incarnation } of concerned) (counts.get(incarnation) as Count).known++
    const gone: ConcernedBackend[] = []
    if (concerned.length > 0) {
      const heard = await this.fleet.heard(HEARD_WITHIN_MS)
      const live = heard.map(({ id }) => id).filter((id) => !counts.has(id)).slice(0, ASKED_MAX)
      const databases = new Map((await this.backends.databases([...new Set(concerned.map(({ databaseId }) => databaseId))])).map((row) => [row.id, row]))
      const groups = groupsOf(concerned.filter(({ reachable }) => reachable))
      const work = async (): Promise<void> => {
        for (let group = groups.shift(); group; group = groups.shift()) {
          const [{ databaseId, incarnation }] = group
          const row = databases.get(databaseId)
          if (!row) continue
          const ended = await this.#ask(live, row, group)
          ;(counts.get(incarnation) as Count).ended += ended
          if (ended === group.length) gone.push(...group)
        }
      }
      await Promise.all(Array.from({ length: AT_ONCE }, work))
      this.logger.info({ seq: event.seq, known: concerned.length, ended: [...counts.values()].reduce((sum, { ended }) => sum + ended, 0) }, 'sessions of fenced proxies at databases')
    }
    await this.backends.keep(event.seq, gone, counts)
  }

  /** @returns how many of them are over */
  async #ask(live: readonly string[], row: DatabaseRow, group: readonly ConcernedBackend[]): Promise<number> {
    if (row.passwordCiphertext === null || row.passwordKeyId === null) return 0
    const password = this.keyring.decrypt({ keyId: row.passwordKeyId, ciphertext: row.passwordCiphertext }, passwordContext(row.id)).toString('utf8')
    const backends = group.map(({ pid, startedAt }) => ({ pid, started_at: startedAt.toISOString() }))
    for (const incarnation of live) {
      try {
        const { ended, error } = await this.proxies.ask(incarnation, terminate, async (peer) => ({ target: await targetFor(peer, targetOf(row), password), backends }))
        if (error !== null) this.logger.warn({ database: row.id, asked: group.length, ended, reason: error }, 'sessions of a fenced proxy could not all be ended')
        if (ended > 0 || error === null) return Math.min(ended, group.length)
      } catch (error) {
        this.logger.warn({ database: row.id, proxy: incarnation, reason: (error as Error).message || (error as Error).constructor.name }, 'a proxy did not answer the request to end sessions of a fenced one')
      }
    }
    return 0
  }
}

/** Those of one process at one database together, as many as fit into a request. */
function groupsOf(backends: readonly ConcernedBackend[]): [ConcernedBackend, ...ConcernedBackend[]][] {
  const open = new Map<string, [ConcernedBackend, ...ConcernedBackend[]]>()
  const groups: [ConcernedBackend, ...ConcernedBackend[]][] = []
  for (const backend of backends) {
    const key = `${backend.incarnation} ${backend.databaseId}`
    const group = open.get(key)
    if (group && group.length < backendsMax) group.push(backend)
    else {
      const started: [ConcernedBackend, ...ConcernedBackend[]] = [backend]
      open.set(key, started)
      groups.push(started)
    }
  }
  return groups
}
