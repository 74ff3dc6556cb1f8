import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common'
import { CallerOf, type Caller } from '../access/caller.js'
import { Requires } from '../access/requires.js'
import { Answers } from '../platform/http/openapi.js'
import { checked } from '../platform/http/zod.pipe.js'
import { evaluatePolicy, evaluation, piiScan, scanPii, schemaCatalog, type EvaluatePolicy, type Evaluation, type PiiScan, type ScanPii, type SchemaCatalog } from './evaluation.dto.js'
import { EvaluationService } from './evaluation.service.js'

@Controller('v1/projects/:project')
export class EvaluationController {
  constructor(private readonly evaluations: EvaluationService) {}

  @Post('policy-evaluations')
  @HttpCode(200)
  @Requires('policy:read')
  @Answers({ summary: 'Dry run: what a policy says to a statement, which is not run', 200: evaluation, problems: [502, 504] })
  evaluate(@CallerOf() caller: Caller, @Param('project') project: string, @Body(checked(evaluatePolicy)) body: EvaluatePolicy): Promise<Evaluation> {
    return this.evaluations.evaluate(caller, project, body)
  }

  @Get('databases/:database/schema-catalog')
  @Requires('database:read')
  @Answers({ summary: 'Tables and views of a database with their columns, read through a live proxy', 200: schemaCatalog, problems: [502, 504] })
  schema(@CallerOf() caller: Caller, @Param('project') project: string, @Param('database') database: string): Promise<SchemaCatalog> {
    return this.evaluations.schema(caller, project, database)
  }

  @Post('databases/:database/scan-pii')
  @HttpCode(200)
  @Requires('database:write')
  @Answers({ summary: 'Which columns look as if they should be masked, by names, types and a few rows, read through a live proxy', 200: piiScan, problems: [502, 504] })
  scan(@CallerOf() caller: Caller, @Param('project') project: string, @Param('database') database: string, @Body(checked(scanPii)) body: ScanPii): Promise<PiiScan> {
    return this.evaluations.scan(caller, project, database, body.sample_rows)
  }
}
