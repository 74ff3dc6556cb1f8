import { Controller, Get, Param } from '@nestjs/common'
import type { Receipt } from '@pgbeam/enforcement'
import { CallerOf, type Caller } from '../access/caller.js'
import { Requires } from '../access/requires.js'
import { NotFound } from '../platform/http/errors.js'
import { Answers } from '../platform/http/openapi.js'
import { ProjectAccess } from '../project/project-access.js'
import { receiptView, seqParam } from './enforcement.dto.js'
import { ReceiptService } from './receipt.service.js'

@Controller('v1/projects/:project/enforcement')
export class EnforcementController {
  constructor(
    private readonly projects: ProjectAccess,
    private readonly receipts: ReceiptService,
  ) {}

  @Get(':seq')
  @Requires('enforcement:read')
  @Answers({ summary: 'What is known about the enforcement of one change', 200: receiptView })
  async receipt(@CallerOf() caller: Caller, @Param('project') project: string, @Param('seq') seq: string): Promise<Receipt> {
    // Of a deleted project too: its deletion is what the receipt may be about.
    const { id } = await this.projects.find(caller, project, 'enforcement:read', { deleted: true })
    const number = seqParam.safeParse(seq)
    const receipt = number.success ? await this.receipts.current(id, number.data) : undefined
    if (!receipt) throw new NotFound('enforcement event of this project')
    return receipt
  }
}
