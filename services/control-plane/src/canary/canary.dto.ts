import { z } from 'zod'
import { killSwitchReasons, killSwitchStates } from './kill-switch.js'

/** What is shown of a kill switch, wherever it is shown. */
export const killSwitchView = {
  status: z
    .enum(killSwitchStates)
    .describe('`armed`: a credential that exists for it was let in, killed, and refused in time; `degraded`: late, or nothing could be shown; `disarmed`: it was let in although killed, or nobody looks'),
  reason: z
    .enum(killSwitchReasons)
    .nullable()
    .describe(
      'null where armed. `let_in`: the killed credential was let in, or its session stayed open; `late`; `no_answer`; `lease_over`: the proxy serves nothing until it renews; `not_admitted`: the credential was refused before it was killed; `unclear`: it was refused for something else; `not_checked`: no trial yet, or none for three intervals; `no_proxies`; `off`: trials are switched off',
    ),
}
