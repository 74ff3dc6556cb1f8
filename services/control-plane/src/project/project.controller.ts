import { Body, Controller, Delete, Get, Param, Patch, Post, Query, Req, Res } from '@nestjs/common'
import type { Request, Response } from 'express'
import type { z } from 'zod'
import { CallerOf, type Caller } from '../access/caller.js'
import { Requires } from '../access/requires.js'
import { EnforcedAnswer } from '../enforcement/enforced-answer.js'
import { receiptView } from '../enforcement/enforcement.dto.js'
import { Conditional } from '../platform/http/conditional.js'
import { Answers } from '../platform/http/openapi.js'
import { linkNext } from '../platform/http/paging.js'
import { checked } from '../platform/http/zod.pipe.js'
import {
  createdProject, createProject, listProjects, patchProject, projectList, projectView,
  type CreateProject, type ListProjects, type PatchProject, type ProjectView,
} from './project.dto.js'
import { ProjectService } from './project.service.js'

@Controller('v1/projects')
export class ProjectController {
  constructor(
    private readonly projects: ProjectService,
    private readonly enforced: EnforcedAnswer,
  ) {}

  @Post()
  @Requires('project:write')
  @Answers({ summary: 'Create a project with its first database', 201: createdProject, problems: [404] })
  create(@CallerOf() caller: Caller, @Body(checked(createProject)) body: CreateProject): Promise<z.infer<typeof createdProject>> {
    return this.projects.create(caller, body)
  }

  @Get()
  @Requires('project:read')
  @Answers({ summary: 'List projects', 200: projectList, problems: [404] })
  async list(
    @CallerOf() caller: Caller,
    @Query(checked(listProjects)) query: ListProjects,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<z.infer<typeof projectList>> {
    const list = await this.projects.list(caller, query)
    linkNext(request, response, list.next_page_token)
    return list
  }

  @Get(':project')
  @Requires('project:read')
  @Answers({ summary: 'Read a project', 200: projectView })
  get(@CallerOf() caller: Caller, @Param('project') id: string): Promise<ProjectView> {
    return this.projects.get(caller, id)
  }

  @Patch(':project')
  @Conditional()
  @Requires('project:write')
  @Answers({ summary: 'Change a project', 200: projectView, 202: receiptView })
  async patch(
    @CallerOf() caller: Caller,
    @Param('project') id: string,
    @Body(checked(patchProject)) body: PatchProject,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object | undefined> {
    return this.enforced.send(request, response, id, await this.projects.patch(caller, id, body), (project) => project)
  }

  @Delete(':project')
  @Conditional()
  @Requires('project:write')
  @Answers({ summary: 'Delete a project: its credentials are revoked for ever', 200: receiptView, 202: receiptView, 204: null })
  async delete(
    @CallerOf() caller: Caller,
    @Param('project') id: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object | undefined> {
    return this.enforced.send(request, response, id, await this.projects.delete(caller, id), undefined)
  }
}
