/** Ends sessions at a database that another proxy has opened: one that cannot be heard, so that nobody else can. */
import { terminateRequest, subjects, type TerminateReply, type TerminateRequest } from '@pgbeam/contracts'
import { PgBeamError } from '@pgbeam/kernel'
import type { Connector } from '../connect/connector.js'
import { QueryClient } from '../connect/query-client.js'
import type { Log } from '../platform/log.js'
import type { ControlClock } from './control-clock.js'
import type { ControlPlane } from './control-plane.js'
import type { FreshRequests } from './fresh-requests.js'
import type { Identity } from './identity.js'
import { openTarget } from './target.js'
import { terminationSql } from './termination-sql.js'

/** Connecting and ending, together. */
const TIMEOUT_MS = 5000
/** Of all answers together: rows of numbers, and what a server says beside them. */
const ANSWERS_BYTES_MAX = 1 << 20
/** A backend that was told to go looks up within milliseconds, unless it cannot. */
const LOOK_AGAIN_MS = 20
const GONE_WITHIN_MS = 2000

export function answerTerminations(controlPlane: ControlPlane, identity: Identity, connector: Connector, clock: ControlClock, fresh: FreshRequests, log: Log): void {
  controlPlane.subscribe(
    subjects.terminate(identity.incarnation),
    'terminate-request',
    terminateRequest,
    (request, message) => {
      if (request.incarnation !== identity.incarnation || !fresh.take(request)) return
      void terminate(identity, connector, clock, request)
        .then((outcome) => {
          log.info({ database: request.target.id, asked: request.backends.length, ...outcome }, 'sessions of a proxy that cannot be heard were ended')
          if (message.reply !== undefined) controlPlane.publish(message.reply, 'terminate-reply', { nonce: request.nonce, ...outcome })
        })
        .catch((error: unknown) => {
          log.warn({ err: error }, 'a request to end sessions could not be answered')
        })
    },
    (error) => {
      log.warn({ err: error }, 'a request to end sessions that the control plane did not sign was ignored')
    },
  )
}

async function terminate(identity: Identity, connector: Connector, clock: ControlClock, { target, backends }: TerminateRequest): Promise<Omit<TerminateReply, 'nonce'>> {
  try {
    const upstream = await connector.connect(
      await openTarget(identity, target, 'terminate'),
      { application_name: 'pgbeam terminate' },
      TIMEOUT_MS,
    )
    const client = new QueryClient(upstream, TIMEOUT_MS, ANSWERS_BYTES_MAX)
    try {
      const ownStartMs = clock.nowMs() - (performance.now() - upstream.dialledAtMs)
      const sql = terminationSql(backends.map(({ pid, started_at }) => ({ pid, afterOwnS: (Date.parse(started_at) - ownStartMs) / 1000 })))
      const endMs = performance.now() + GONE_WITHIN_MS
      let left = (await client.query(sql)).length
      while (left > 0 && performance.now() < endMs) {
        await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
        left = (await client.query(sql)).length
      }
      return { ended: backends.length - left, error: left === 0 ? null : 'some are still there, or belong to another user' }
    } finally {
      client.close()
    }
  } catch (error) {
    return { ended: 0, error: error instanceof PgBeamError ? error.message : 'the connection failed' }
  }
}
