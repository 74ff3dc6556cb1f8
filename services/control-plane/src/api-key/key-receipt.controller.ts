import { Controller, Get, Param } from '@nestjs/common'
import { CallerOf, type Caller } from '../access/caller.js'
import type { AccessReceipt } from '../access/cache/access-receipts.js'
import { For, Requires } from '../access/requires.js'
import { Answers } from '../platform/http/openapi.js'
import { keyReceipt } from './api-key.dto.js'
import { ApiKeyService } from './api-key.service.js'

/** What is known about changes to keys. */
@Controller('v1')
export class KeyReceiptController {
  constructor(private readonly keys: ApiKeyService) {}

  @Get('enforcement/:seq')
  @For('people', 'receipts of keys of an organization are under /v1/organizations/{organization}/enforcement')
  @Requires('self:read')
  @Answers({ summary: 'What is known about the enforcement of one change to a personal key', 200: keyReceipt })
  personal(@CallerOf() caller: Caller, @Param('seq') seq: string): Promise<AccessReceipt> {
    return this.keys.receipt(this.keys.personal(caller), seq)
  }

  @Get('organizations/:organization/enforcement/:seq')
  @Requires('key:read')
  @Answers({ summary: "What is known about the enforcement of one change to an organization's key", 200: keyReceipt })
  ofOrganization(@CallerOf() caller: Caller, @Param('organization') organization: string, @Param('seq') seq: string): Promise<AccessReceipt> {
    return this.keys.receipt(this.keys.ofOrganization(caller, organization, 'key:read'), seq)
  }
}
