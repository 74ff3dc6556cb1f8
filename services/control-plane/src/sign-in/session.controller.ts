import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common'
import type { Request, Response } from 'express'
import { CallerOf, type Caller } from '../access/caller.js'
import { For, Requires } from '../access/requires.js'
import { Answers } from '../platform/http/openapi.js'
import { linkNext } from '../platform/http/paging.js'
import { checked } from '../platform/http/zod.pipe.js'
import { EnteredAnswer } from './entered-answer.js'
import { changePassword, listSessions, sessionList, type ChangePassword, type ListSessions, type SessionList } from './sign-in.dto.js'
import { SignInService } from './sign-in.service.js'

/** The sessions of the person who calls. */
@Controller('v1/auth')
@For('people')
export class SessionController {
  constructor(
    private readonly service: SignInService,
    private readonly answer: EnteredAnswer,
  ) {}

  @Get('sessions')
  @Requires('self:read')
  @Answers({ summary: 'Where you are signed in', 200: sessionList })
  async list(
    @CallerOf() caller: Caller,
    @Query(checked(listSessions)) query: ListSessions,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SessionList> {
    const list = await this.service.listSessions(caller, query)
    linkNext(request, response, list.next_page_token)
    return list
  }

  @Delete('sessions/:session')
  @HttpCode(204)
  @Requires('self:write')
  @Answers({ summary: 'End a session; it opens nothing any more, on any replica', 204: null })
  end(@CallerOf() caller: Caller, @Param('session') id: string): Promise<void> {
    return this.service.endSession(caller, id)
  }

  @Post('sign-out')
  @For('sessions')
  @HttpCode(204)
  @Requires('self:write')
  @Answers({ id: 'signOut', summary: 'End the session of this request', 204: null })
  async signOut(@CallerOf() caller: Caller, @Res({ passthrough: true }) response: Response): Promise<void> {
    await this.service.signOut(caller)
    this.answer.clear(response)
  }

  @Post('password')
  @For('sessions')
  @HttpCode(204)
  @Requires('self:write')
  @Answers({ id: 'changePassword', summary: 'Change your password, which ends your other sessions', 204: null, problems: [429] })
  changePassword(@CallerOf() caller: Caller, @Body(checked(changePassword)) body: ChangePassword): Promise<void> {
    return this.service.changePassword(caller, body)
  }
}
