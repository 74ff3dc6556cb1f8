import { Controller } from '@nestjs/common'
import { Ctx, MessagePattern, NatsContext, Payload } from '@nestjs/microservices'
import { subjects } from '@pgbeam/contracts'
import { Answering } from '../fleet/answering.js'
import { ResolveService } from './resolve.service.js'

@Controller()
export class ResolveHandlers {
  constructor(
    private readonly answering: Answering,
    private readonly resolver: ResolveService,
  ) {}

  @MessagePattern(subjects.resolve)
  resolve(@Payload() text: string, @Ctx() context: NatsContext): Promise<string> {
    return this.answering.request(text, context, (message) => this.resolver.resolve(message))
  }
}
