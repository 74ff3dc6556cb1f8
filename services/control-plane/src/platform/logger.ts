/** JSON lines on standard output, each with the ids of the trace it belongs to. */
import type { LoggerService } from '@nestjs/common'
import { context, trace } from '@opentelemetry/api'
import { pino, type Logger as PinoLogger } from 'pino'

export type Logger = PinoLogger
/** Injection token of the logger. */
export const LOGGER = Symbol('LOGGER')

export function makeLogger(level: string): Logger {
  return pino({
    level,
    base: { service: 'control-plane', pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    mixin() {
      const span = trace.getSpanContext(context.active())
      return span ? { trace_id: span.traceId, span_id: span.spanId } : {}
    },
  })
}

/** What Nest itself has to say, in the same lines. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}
  log(message: unknown, scope?: unknown): void {
    this.logger.debug({ scope: text(scope) }, text(message))
  }
  warn(message: unknown, scope?: unknown): void {
    this.logger.warn({ scope: text(scope) }, text(message))
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.logger.error({ scope: text(rest.at(-1)), stack: message instanceof Error ? message.stack : undefined }, text(message))
  }
  debug(message: unknown, scope?: unknown): void {
    this.logger.debug({ scope: text(scope) }, text(message))
  }
  verbose(message: unknown, scope?: unknown): void {
    this.logger.trace({ scope: text(scope) }, text(message))
  }
}

function text(value: unknown): string {
  return value instanceof Error ? value.message : typeof value === 'string' ? value : JSON.stringify(value) ?? ''
}
