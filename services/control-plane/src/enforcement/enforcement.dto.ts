import { z } from 'zod'

export const receiptView = z.strictObject({
  seq: z.int(),
  enforced: z.boolean(),
  elapsed_ms: z.int(),
  proxies: z.array(
    z.strictObject({
      id: z.string(),
      incarnation: z.string(),
      acknowledged: z.boolean(),
      acknowledged_ms: z.int().nullable(),
      sessions_dropped: z.int(),
      statements_cancelled: z.int(),
    }),
  ),
  missing: z.array(z.string()).describe('incarnations of proxies that may still serve the state before'),
})

export const seqParam = z.string().regex(/^[1-9][0-9]{0,14}$/).transform(Number)
