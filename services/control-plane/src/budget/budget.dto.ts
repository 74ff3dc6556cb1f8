import { z } from 'zod'
import { budgetKinds } from '@pgbeam/contracts'

export const budgetList = z.strictObject({
  budgets: z.array(
    z.strictObject({
      budget: z.enum(budgetKinds).describe('the field of the policy'),
      limit: z.int(),
      spent: z.int().describe('in the window that counts now, as far as proxies have said'),
      held: z.int().describe('what proxies hold in advance: some of it may be spent by now, the rest is given back'),
      resets_at: z.iso.datetime().describe('when the window ends, and the budget is whole again'),
    }),
  ),
}).meta({ id: 'BudgetList' })
export type BudgetList = z.infer<typeof budgetList>
