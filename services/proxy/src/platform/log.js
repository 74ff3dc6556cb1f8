import { trace } from '@opentelemetry/api';
import { pino } from 'pino';
/** JSON lines on standard output; each carries the trace it belongs to. */
export function createLog(level) {
    return pino({
        level,
        base: { service: 'proxy' },
        timestamp: pino.stdTimeFunctions.isoTime,
        mixin: () => {
            const span = trace.getActiveSpan()?.spanContext();
            return span ? { trace_id: span.traceId, span_id: span.spanId } : {};
        },
    });
}
//# sourceMappingURL=log.js.map