import { Module } from '@nestjs/common'
import { DocumentController } from './document.controller.js'
import { HealthController } from './health.controller.js'

@Module({ controllers: [HealthController, DocumentController] })
export class HealthModule {}
