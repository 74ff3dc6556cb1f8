/** The subjects that proxies speak on. */
import { Controller } from '@nestjs/common'
import { Ctx, EventPattern, MessagePattern, NatsContext, Payload } from '@nestjs/microservices'
import { subjects } from '@pgbeam/contracts'
import { Answering } from './answering.js'
import { BackendReports } from './backend-reports.js'
import { FleetService } from './fleet.service.js'

/** Heard by each replica, not by one of them. */
const everyReplica = { queue: '' }

@Controller()
export class FleetHandlers {
  constructor(
    private readonly answering: Answering,
    private readonly fleet: FleetService,
    private readonly backends: BackendReports,
  ) {}

  @MessagePattern(subjects.hello)
  hello(@Payload() text: string, @Ctx() context: NatsContext): Promise<string> {
    return this.answering.request(text, context, (message) => this.fleet.hello(message))
  }

  @MessagePattern(subjects.enrol)
  enrol(@Payload() text: string, @Ctx() context: NatsContext): Promise<string> {
    return this.answering.request(text, context, (message) => this.fleet.enrol(message))
  }

  @MessagePattern(subjects.renew)
  renew(@Payload() text: string, @Ctx() context: NatsContext): Promise<string> {
    return this.answering.request(text, context, (message) => this.fleet.renew(message))
  }

  @MessagePattern(subjects.since)
  since(@Payload() text: string, @Ctx() context: NatsContext): Promise<string> {
    return this.answering.request(text, context, (message) => this.fleet.since(message))
  }

  @MessagePattern(subjects.backends)
  open(@Payload() text: string, @Ctx() context: NatsContext): Promise<string> {
    return this.answering.request(text, context, (message) => this.backends.report(message))
  }

  @EventPattern(subjects.ack, everyReplica)
  ack(@Payload() text: string, @Ctx() context: unknown): Promise<void> {
    return this.answering.event(text, context, (message) => this.fleet.acknowledged(message))
  }

  @EventPattern(subjects.leave, everyReplica)
  leave(@Payload() text: string, @Ctx() context: unknown): Promise<void> {
    return this.answering.event(text, context, (message) => this.fleet.left(message))
  }
}
