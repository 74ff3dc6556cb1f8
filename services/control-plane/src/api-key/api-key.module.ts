import { Module } from '@nestjs/common'
import { ApiKeyRepository } from './api-key.repository.js'
import { ApiKeyService } from './api-key.service.js'
import { ExpiryReminders } from './expiry-reminders.js'
import { ExpiryRemindersRepository } from './expiry-reminders.repository.js'
import { KeyIssuer } from './issue-key.js'
import { KeyEnforcedAnswer } from './key-enforced-answer.js'
import { KeyReceiptController } from './key-receipt.controller.js'
import { OrganizationKeyController } from './organization-key.controller.js'
import { PersonalKeyController } from './personal-key.controller.js'

@Module({
  controllers: [PersonalKeyController, OrganizationKeyController, KeyReceiptController],
  providers: [ApiKeyRepository, ApiKeyService, ExpiryReminders, ExpiryRemindersRepository, KeyEnforcedAnswer, KeyIssuer],
  exports: [KeyIssuer],
})
export class ApiKeyModule {}
