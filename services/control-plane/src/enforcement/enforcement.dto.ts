import { z } from 'zod'

export const receiptView = z.strictObject({
  seq: z.int(),
  enforced: z.boolean(),
  elapsed_ms: z
    .int()
    .describe('from the commit until every proxy had acknowledged, gone, or outlived its lease; in a pending receipt until now. A receipt asked for later takes the slowest of them'),
  proxies: z.array(
    z.strictObject({
      id: z.string(),
      incarnation: z.string(),
      acknowledged: z.boolean(),
      acknowledged_ms: z
        .int()
        .nullable()
        .describe(
          'from the commit until the acknowledgement arrived, where the replica that made the change waited for it; else from the time of the event until the control plane first knew of it, which is an upper bound. null: not acknowledged',
        ),
      fenced: z.boolean().describe('it could not be heard, and its lease ran out: it serves no credential until it has applied the change'),
      passthrough_unconfirmed: z
        .boolean()
        .describe('its lease is over, and it may go on serving applications that use the stored user, as the project asks for: of those nothing is known until it acknowledges'),
      sessions_dropped: z.int(),
      statements_cancelled: z.int(),
      settled: z.boolean().describe('whether the two counts are known: they come with the acknowledgement, and are not known where it was lost on its way'),
      backends_known: z
        .int()
        .nullable()
        .describe('of a fenced proxy: how many sessions at databases it had open that the change is about, as far as it had told. null: not fenced, or nobody has looked yet'),
      backends_ended: z
        .int()
        .nullable()
        .describe('of a fenced proxy: how many of these sessions another proxy has ended at the database, or found gone. All of them where it is as many as are known'),
    }),
  ),
  missing: z.array(z.string()).describe('incarnations of proxies that may still serve the state before'),
  reason: z.string().nullable().describe('in words, where applications may still be served without a lease: passthrough unconfirmed on which proxies'),
}).meta({ id: 'Receipt' })

export const seqParam = z.string().regex(/^[1-9][0-9]{0,14}$/).transform(Number)
