import { Controller } from '@nestjs/common'
import { Ctx, MessagePattern, NatsContext, Payload } from '@nestjs/microservices'
import { subjects } from '@pgbeam/contracts'
import { Answering } from '../fleet/answering.js'
import { BudgetService } from './budget.service.js'

@Controller()
export class BudgetHandlers {
  constructor(
    private readonly answering: Answering,
    private readonly budgets: BudgetService,
  ) {}

  @MessagePattern(subjects.budget)
  share(@Payload() text: string, @Ctx() context: NatsContext): Promise<string> {
    return this.answering.request(text, context, (message) => this.budgets.share(message))
  }
}
