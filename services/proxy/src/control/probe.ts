/** Tries a database on behalf of the control plane, which cannot reach one itself. */
import { probeRequest, subjects, type ProbeReply } from '@pgbeam/contracts'
import { PgBeamError } from '@pgbeam/kernel'
import type { Connector } from '../connect/connector.js'
import type { Log } from '../platform/log.js'
import type { ControlPlane } from './control-plane.js'
import type { FreshRequests } from './fresh-requests.js'
import type { Identity } from './identity.js'
import { openTarget } from './target.js'

const CONNECT_TIMEOUT_MS = 8000

export function answerProbes(
  controlPlane: ControlPlane,
  identity: Identity,
  connector: Connector,
  fresh: FreshRequests,
  log: Log,
): void {
  controlPlane.subscribe(
    subjects.probe(identity.incarnation),
    'probe-request',
    probeRequest,
    (request, message) => {
      if (request.incarnation !== identity.incarnation || !fresh.take(request)) return
      void tryDatabase(identity, connector, request.target)
        .then((outcome) => {
          if (message.reply !== undefined) controlPlane.publish(message.reply, 'probe-reply', { nonce: request.nonce, ...outcome })
        })
        .catch((error: unknown) => {
          log.warn({ err: error }, 'a probe could not be answered')
        })
    },
    (error) => {
      log.warn({ err: error }, 'a probe that the control plane did not sign was ignored')
    },
  )
}

const REASONS = new Map([
  ['ECONNREFUSED', 'nothing listens on this port'],
  ['ENOTFOUND', 'the host name does not resolve'],
  ['EAI_AGAIN', 'the host name could not be looked up'],
  ['ETIMEDOUT', 'no answer'],
  ['EHOSTUNREACH', 'no route to the host'],
  ['ERR_IP_BLOCKED', 'link-local addresses are never connected to'],
  ['ENETUNREACH', 'no route to the network'],
])

/** Why the socket did not open, for the operator who has to repair it; other causes stay in the log. */
function reason(cause: unknown): string {
  const text = REASONS.get((cause as { code?: string } | undefined)?.code ?? '')
  return text === undefined ? '' : `: ${text}`
}

async function tryDatabase(
  identity: Identity,
  connector: Connector,
  target: (typeof probeRequest)['_output']['target'],
): Promise<Omit<ProbeReply, 'nonce'>> {
  const startedMs = performance.now()
  try {
    const upstream = await connector.connect(
      await openTarget(identity, target, 'probe'),
      { application_name: 'pgbeam test-connection' },
      CONNECT_TIMEOUT_MS,
    )
    const latency_ms = Math.round((performance.now() - startedMs) * 10) / 10
    upstream.raw.destroy()
    return { ok: true, latency_ms, server_version: upstream.parameters.get('server_version') ?? null, error: null }
  } catch (error) {
    const text = error instanceof PgBeamError ? `${error.message}${reason(error.cause)} (${error.sqlState})` : 'the connection failed'
    return { ok: false, latency_ms: null, server_version: null, error: text }
  }
}
