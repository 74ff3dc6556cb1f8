/** Trace context on NATS: the headers carry `traceparent`, since no instrumentation does it for us. */
import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type TextMapGetter } from '@opentelemetry/api'
import { headers, type MsgHdrs } from '@nats-io/transport-node'

const getter: TextMapGetter<MsgHdrs> = {
  keys: (carrier) => carrier.keys(),
  get: (carrier, key) => carrier.get(key) || undefined,
}

/** Headers that carry the present trace. */
export function tracedHeaders(): MsgHdrs {
  const carrier = headers()
  propagation.inject(context.active(), carrier, { set: (into, key, value) => into.set(key, value) })
  return carrier
}

/** Runs `work` in a span that continues the sender's trace. */
export function inSenderTrace<T>(name: string, from: MsgHdrs | undefined, work: () => Promise<T>): Promise<T> {
  const parent = from ? propagation.extract(ROOT_CONTEXT, from, getter) : ROOT_CONTEXT
  return trace.getTracer('pgbeam').startActiveSpan(name, { kind: SpanKind.CONSUMER }, parent, async (span) => {
    try {
      return await work()
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR })
      throw error
    } finally {
      span.end()
    }
  })
}

/** The present trace as a `traceparent`, or undefined outside one. */
export function presentTraceparent(): string | undefined {
  const carrier: Record<string, string> = {}
  propagation.inject(context.active(), carrier)
  return carrier['traceparent']
}
