import { trace } from '@opentelemetry/api'
import { pino, type Logger } from 'pino'

export type Log = Logger

/** JSON lines on standard output; each carries the trace it belongs to. */
export function createLog(level: string): Log {
  return pino({
    level,
    base: { service: 'proxy', pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    mixin: () => {
      const span = trace.getActiveSpan()?.spanContext()
      return span ? { trace_id: span.traceId, span_id: span.spanId } : {}
    },
  })
}
