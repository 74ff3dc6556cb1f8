import { Controller, Get } from '@nestjs/common'
import { z } from 'zod'
import { Public } from '../access/requires.js'
import { Answers, openApiDocument } from '../platform/http/openapi.js'
import { RouteTable } from '../platform/http/route-table.js'

@Controller('v1')
export class DocumentController {
  constructor(private readonly routes: RouteTable) {}

  @Get('openapi.json')
  @Public()
  @Answers({ id: 'openapi', summary: 'This description of the API', description: 'As docs/openapi.json of the release.', 200: z.record(z.string(), z.unknown()) })
  document(): object {
    return openApiDocument(this.routes.all())
  }
}
