import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common'
import type { Request, Response } from 'express'
import { Public, TakesBody } from '../access/requires.js'
import { Answers } from '../platform/http/openapi.js'
import { checked } from '../platform/http/zod.pipe.js'
import { EnteredAnswer } from './entered-answer.js'
import { signedIn, signIn, signUp, useOwnerLink, type SignedIn, type SignIn, type SignUp, type UseOwnerLink } from './sign-in.dto.js'
import { SignInService } from './sign-in.service.js'

/** How people come by a session. */
@Controller('v1/auth')
export class SignInController {
  constructor(
    private readonly service: SignInService,
    private readonly answer: EnteredAnswer,
  ) {}

  @Post('sign-in')
  @HttpCode(200)
  @Public()
  @TakesBody()
  @Answers({ id: 'signIn', summary: 'Sign in with e-mail address and password', description: 'The session is in the cookie of the answer. A wrong password and an address that nobody has are answered alike.', 200: signedIn, problems: [400, 401, 403, 429] })
  async signIn(@Body(checked(signIn)) body: SignIn, @Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<SignedIn> {
    return this.answer.give(response, await this.service.signIn(body, this.answer.from(request)))
  }

  @Post('sign-up')
  @Public()
  @TakesBody()
  @Answers({ id: 'signUp', summary: 'Make an account with an invitation, which is accepted by this', description: 'The e-mail address is that of the invitation. There is no other way to an account; whoever has one accepts with `POST /v1/invitations/accept`.', 201: signedIn, problems: [400, 403, 404, 409, 429] })
  async signUp(@Body(checked(signUp)) body: SignUp, @Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<SignedIn> {
    return this.answer.give(response, await this.service.signUp(body, this.answer.from(request)))
  }

  @Post('owner-link')
  @HttpCode(200)
  @Public()
  @TakesBody()
  @Answers({ id: 'useOwnerLink', summary: 'Set e-mail address and password with a one-time link, and sign in', description: 'The token is the part of the link behind the #. Every session that the person had before is over.', 200: signedIn, problems: [400, 403, 404, 409, 429] })
  async useOwnerLink(@Body(checked(useOwnerLink)) body: UseOwnerLink, @Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<SignedIn> {
    return this.answer.give(response, await this.service.useOwnerLink(body, this.answer.from(request)))
  }
}
