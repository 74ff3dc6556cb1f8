import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Req, Res } from '@nestjs/common'
import type { Request, Response } from 'express'
import { z } from 'zod'
import { CallerOf, type Caller } from '../access/caller.js'
import { Requires } from '../access/requires.js'
import { EnforcedAnswer } from '../enforcement/enforced-answer.js'
import { receiptView } from '../enforcement/enforcement.dto.js'
import { Conditional } from '../platform/http/conditional.js'
import { Answers } from '../platform/http/openapi.js'
import { linkNext } from '../platform/http/paging.js'
import { checked } from '../platform/http/zod.pipe.js'
import {
  connectionTest, createDatabase, databaseList, databaseView, listDatabases, patchDatabase,
  type CreateDatabase, type DatabaseView, type ListDatabases, type PatchDatabase,
} from './database.dto.js'
import { DatabaseService } from './database.service.js'

const noBody = z.strictObject({})

@Controller('v1/projects/:project/databases')
export class DatabaseController {
  constructor(
    private readonly databases: DatabaseService,
    private readonly enforced: EnforcedAnswer,
  ) {}

  @Post()
  @Requires('database:write')
  @Answers({ summary: 'Add a database', 201: databaseView })
  create(@CallerOf() caller: Caller, @Param('project') project: string, @Body(checked(createDatabase)) body: CreateDatabase): Promise<DatabaseView> {
    return this.databases.create(caller, project, body)
  }

  @Get()
  @Requires('database:read')
  @Answers({ summary: 'List databases', 200: databaseList })
  async list(
    @CallerOf() caller: Caller,
    @Param('project') project: string,
    @Query(checked(listDatabases)) query: ListDatabases,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<z.infer<typeof databaseList>> {
    const list = await this.databases.list(caller, project, query)
    linkNext(request, response, list.next_page_token)
    return list
  }

  @Get(':database')
  @Requires('database:read')
  @Answers({ summary: 'Read a database', 200: databaseView })
  get(@CallerOf() caller: Caller, @Param('project') project: string, @Param('database') id: string): Promise<DatabaseView> {
    return this.databases.get(caller, project, id)
  }

  @Patch(':database')
  @Conditional()
  @Requires('database:write')
  @Answers({ summary: 'Change a database: its sessions end; with another default policy alone those of applications with the stored user', 200: databaseView, 202: receiptView })
  async patch(
    @CallerOf() caller: Caller,
    @Param('project') project: string,
    @Param('database') id: string,
    @Body(checked(patchDatabase)) body: PatchDatabase,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object | undefined> {
    return this.enforced.send(request, response, project, await this.databases.patch(caller, project, id, body), (database) => database)
  }

  @Delete(':database')
  @Conditional()
  @Requires('database:write')
  @Answers({ summary: 'Remove a database: its sessions end, its password is destroyed', 200: receiptView, 202: receiptView, 204: null })
  async delete(
    @CallerOf() caller: Caller,
    @Param('project') project: string,
    @Param('database') id: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object | undefined> {
    return this.enforced.send(request, response, project, await this.databases.delete(caller, project, id), undefined)
  }

  @Post(':database/test-connection')
  @HttpCode(200)
  @Requires('database:write')
  @Answers({ summary: 'Connect to the database through a live proxy', 200: connectionTest, problems: [504] })
  test(
    @CallerOf() caller: Caller,
    @Param('project') project: string,
    @Param('database') id: string,
    @Body(checked(noBody)) _body: object,
  ): Promise<z.infer<typeof connectionTest>> {
    return this.databases.test(caller, project, id)
  }
}
