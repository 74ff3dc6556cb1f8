import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { headers } from '@nats-io/transport-node'
import { context, propagation, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { TracerProvider } from '@opentelemetry/sdk-trace'
import { inSenderTrace, tracedHeaders } from './nats-trace.js'

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  trace.setGlobalTracerProvider(new TracerProvider())
})
afterAll(() => {
  context.disable()
  propagation.disable()
  trace.disable()
})

const traceId = (): string | undefined => trace.getSpanContext(context.active())?.traceId

it('continues the trace of who sent a message, over the headers that this side writes', async () => {
  const sender = headers()
  sender.set('traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01')
  const onward = await inSenderTrace('pgbeam.v1.resolve', sender, () => Promise.resolve(tracedHeaders().get('traceparent')))
  expect(onward).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)[0-9a-f]{16}-01$/)
})

it.each<[string, (() => ReturnType<typeof headers>) | undefined]>([
  ['no headers', undefined],
  ['headers without a trace', () => headers()],
  ['rubbish for a trace', () => {
    const rubbish = headers()
    rubbish.set('traceparent', 'x'.repeat(500))
    return rubbish
  }],
])('begins a trace of its own for %s', async (_case, make) => {
  expect(await inSenderTrace('pgbeam.v1.resolve', make?.(), () => Promise.resolve(traceId()))).toMatch(/^[0-9a-f]{32}$/)
  expect(traceId()).toBeUndefined()
})
