import { Module } from '@nestjs/common'
import { ApiKeyRepository } from './api-key.repository.js'
import { ApiKeyService } from './api-key.service.js'
import { ExpiryReminders } from './expiry-reminders.js'
import { KeyIssuer } from './issue-key.js'
import { OrganizationKeyController } from './organization-key.controller.js'
import { PersonalKeyController } from './personal-key.controller.js'

@Module({
  controllers: [PersonalKeyController, OrganizationKeyController],
  providers: [ApiKeyRepository, ApiKeyService, ExpiryReminders, KeyIssuer],
  exports: [KeyIssuer],
})
export class ApiKeyModule {}
