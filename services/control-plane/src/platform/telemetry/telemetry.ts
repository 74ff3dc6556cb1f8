/**
 * Traces and metrics. Started before anything that it instruments is imported (see main.ts).
 * Spans carry SQL with placeholders and paths without query strings; no values, bodies or headers.
 */
import { createRequire } from 'node:module'
import { IncomingMessage, type ServerResponse } from 'node:http'
import { context, metrics, propagation, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { registerInstrumentations } from '@opentelemetry/instrumentation'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { TracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace'

export interface Telemetry {
  /** Answers a scrape in Prometheus's text format. */
  scrape(request: IncomingMessage, response: ServerResponse): void
  shutdown(): Promise<void>
}

let started: Telemetry | undefined

/** @param otlpEndpoint where traces go; without it they only give log lines their ids */
export function startTelemetry(otlpEndpoint: string | undefined): Telemetry {
  if (started) return started
  const resource = resourceFromAttributes({ 'service.name': 'pgbeam-control-plane' })
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  const tracerProvider = new TracerProvider({
    resource,
    spanProcessors: otlpEndpoint === undefined ? [] : [new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: otlpEndpoint }) })],
  })
  trace.setGlobalTracerProvider(tracerProvider)
  const exporter = new PrometheusExporter({ preventServerStart: true })
  const meterProvider = new MeterProvider({ resource, readers: [exporter] })
  metrics.setGlobalMeterProvider(meterProvider)
  registerInstrumentations({
    tracerProvider,
    meterProvider,
    instrumentations: [
      new HttpInstrumentation({
        ignoreIncomingRequestHook: ({ url }) => url === '/metrics' || url === '/v1/health',
        // A secret that somebody put into a query string by mistake must not travel on with the span.
        applyCustomAttributesOnSpan: (span, request) => {
          const path = request instanceof IncomingMessage ? (request.url?.split('?')[0] ?? '') : ''
          span.setAttributes({ 'http.target': path, 'http.url': path, 'url.query': '', 'url.full': path })
        },
      }),
      new PgInstrumentation({ requireParentSpan: true, enhancedDatabaseReporting: false }),
    ],
  })
  // What is instrumented are methods of CommonJS and built-in classes, patched when first required. Requiring them here, before
  // the app is imported, does without the loader hook for ES modules, which would slow the import of every module there is.
  const require = createRequire(import.meta.url)
  for (const name of ['node:http', 'pg']) require(name)
  started = {
    scrape: (request, response) => exporter.getMetricsRequestHandler(request, response),
    shutdown: async () => {
      await Promise.all([tracerProvider.shutdown(), meterProvider.shutdown()])
    },
  }
  return started
}
