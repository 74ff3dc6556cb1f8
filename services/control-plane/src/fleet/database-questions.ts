/** Asks a live proxy about a database: only proxies reach one. */
import { Injectable } from '@nestjs/common'
import {
  evaluateReply, probeReply, scanReply, schemaReply, subjects,
  type DatabaseTarget, type EvaluateReply, type PolicySnapshot, type ProbeReply, type ScanReply, type SchemaReply,
} from '@pgbeam/contracts'
import type { z } from 'zod'
import { GatewayTimeout, ServiceUnavailable } from '../platform/http/errors.js'
import { AskProxy, NoProxy, ProxySilent, targetFor, type Question } from './ask-proxy.js'
import { FleetRepository } from './fleet.repository.js'

const probe = { subject: subjects.probe, request: 'probe-request', reply: 'probe-reply', schema: probeReply, timeoutMs: 15_000 } as const satisfies Question<typeof probeReply>
const evaluate = { subject: subjects.evaluate, request: 'evaluate-request', reply: 'evaluate-reply', schema: evaluateReply, timeoutMs: 45_000 } as const satisfies Question<typeof evaluateReply>
const schema = { subject: subjects.schema, request: 'schema-request', reply: 'schema-reply', schema: schemaReply, timeoutMs: 20_000 } as const satisfies Question<typeof schemaReply>
const scan = { subject: subjects.scan, request: 'scan-request', reply: 'scan-reply', schema: scanReply, timeoutMs: 30_000 } as const satisfies Question<typeof scanReply>
/** A proxy renews each second. */
const HEARD_WITHIN_MS = 10_000

export interface AskedDatabase {
  readonly target: Omit<DatabaseTarget, 'password_jwe'>
  /** It leaves only encrypted to the proxy that is asked. */
  readonly password: string
}

/** Every question throws ServiceUnavailable where no proxy is connected, GatewayTimeout where none answers. */
@Injectable()
export class DatabaseQuestions {
  constructor(
    private readonly fleet: FleetRepository,
    private readonly proxies: AskProxy,
  ) {}

  /** Does it let us in? */
  probe(database: AskedDatabase): Promise<ProbeReply> {
    return this.#ask(probe, database)
  }

  /** What would the gate say to a statement there? */
  evaluate(database: AskedDatabase, policy: PolicySnapshot, sql: string): Promise<EvaluateReply> {
    return this.#ask(evaluate, database, { policy, sql })
  }

  /** What tables does it have? */
  schema(database: AskedDatabase): Promise<SchemaReply> {
    return this.#ask(schema, database)
  }

  /** Which columns look as if they should be masked? */
  scan(database: AskedDatabase, sampleRows: number): Promise<ScanReply> {
    return this.#ask(scan, database, { sample_rows: sampleRows })
  }

  async #ask<Schema extends z.ZodType<{ nonce: string }>>(question: Question<Schema>, { target, password }: AskedDatabase, more: Record<string, unknown> = {}): Promise<z.infer<Schema>> {
    try {
      const [chosen] = await this.fleet.heard(HEARD_WITHIN_MS)
      if (!chosen) throw new NoProxy()
      return await this.proxies.ask(chosen.id, question, async (peer) => ({ ...more, target: await targetFor(peer, target, password) }))
    } catch (error) {
      if (error instanceof NoProxy) throw new ServiceUnavailable('no proxy is connected: only a proxy reaches databases')
      if (error instanceof ProxySilent) throw new GatewayTimeout('the proxy did not answer in time')
      throw error
    }
  }
}
