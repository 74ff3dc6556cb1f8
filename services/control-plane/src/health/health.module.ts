import { Module } from '@nestjs/common'
import { FleetModule } from '../fleet/fleet.module.js'
import { DocumentController } from './document.controller.js'
import { HealthController } from './health.controller.js'

@Module({ imports: [FleetModule], controllers: [HealthController, DocumentController] })
export class HealthModule {}
