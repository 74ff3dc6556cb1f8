/**
 * Traces: a login, what it asks of the control plane and of the database, and the enforcement events that continue the
 * trace of the call that made them. Statements are not traced: the hot path pays nothing. No span carries a secret.
 */
import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Attributes } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { headers, type MsgHdrs } from '@nats-io/transport-node'

/**
 * @param otlpEndpoint where spans go; without it they only give log lines and NATS headers their ids
 * @returns ends what is still to be sent
 */
export function startTracing(otlpEndpoint: string | undefined): () => Promise<void> {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'pgbeam-proxy' }),
    spanProcessors: otlpEndpoint === undefined ? [] : [new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: otlpEndpoint }) })],
  })
  trace.setGlobalTracerProvider(provider)
  return () => provider.shutdown()
}

/** Runs `work` in a span of the present trace. */
export function inSpan<T>(name: string, attributes: Attributes, work: () => Promise<T>): Promise<T> {
  return trace.getTracer('pgbeam').startActiveSpan(name, { attributes }, async (span) => {
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

/** Runs `work`, synchronously, in a span of the trace that a `traceparent` names; without one there is no trace to be part of. */
export function inTraceOf(name: string, traceparent: string | undefined, work: () => void): void {
  if (traceparent === undefined) {
    work()
    return
  }
  const parent = propagation.extract(ROOT_CONTEXT, { traceparent })
  trace.getTracer('pgbeam').startActiveSpan(name, { kind: SpanKind.CONSUMER }, parent, (span) => {
    try {
      work()
    } finally {
      span.end()
    }
  })
}

/** NATS headers that carry the present trace. */
export function tracedHeaders(): MsgHdrs {
  const carrier = headers()
  propagation.inject(context.active(), carrier, {
    set: (into, key, value) => {
      into.set(key, value)
    },
  })
  return carrier
}
