/** Asks a live proxy to connect to a database and say how it went. */
import { Injectable } from '@nestjs/common'
import { probeReply, subjects, type DatabaseTarget, type ProbeReply } from '@pgbeam/contracts'
import { AskProxy, NoProxy, targetFor, type Question } from './ask-proxy.js'
import { FleetRepository } from './fleet.repository.js'

const probe = { subject: subjects.probe, request: 'probe-request', reply: 'probe-reply', schema: probeReply, timeoutMs: 15_000 } as const satisfies Question<typeof probeReply>
/** A proxy renews each second. */
const HEARD_WITHIN_MS = 10_000

@Injectable()
export class ProbeService {
  constructor(
    private readonly fleet: FleetRepository,
    private readonly proxies: AskProxy,
  ) {}

  /**
   * @param password of the database; it leaves only encrypted to the proxy that is asked
   * @throws NoProxy, ProxySilent
   */
  async probe(target: Omit<DatabaseTarget, 'password_jwe'>, password: string): Promise<ProbeReply> {
    const [chosen] = await this.fleet.heard(HEARD_WITHIN_MS)
    if (!chosen) throw new NoProxy()
    return this.proxies.ask(chosen.id, probe, async (peer) => ({ target: await targetFor(peer, target, password) }))
  }
}
