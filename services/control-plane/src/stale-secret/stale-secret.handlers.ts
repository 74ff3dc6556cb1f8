import { Controller } from '@nestjs/common'
import { Ctx, MessagePattern, NatsContext, Payload } from '@nestjs/microservices'
import { subjects } from '@pgbeam/contracts'
import { Answering } from '../fleet/answering.js'
import { StaleSecretService } from './stale-secret.service.js'

@Controller()
export class StaleSecretHandlers {
  constructor(
    private readonly answering: Answering,
    private readonly stale: StaleSecretService,
  ) {}

  @MessagePattern(subjects.stale)
  report(@Payload() text: string, @Ctx() context: NatsContext): Promise<string> {
    return this.answering.request(text, context, (message) => this.stale.report(message))
  }
}
