import { Body, Controller, Get, HttpCode, Inject, Post, Query, Req, Res } from '@nestjs/common'
import type { Request, Response } from 'express'
import type { z } from 'zod'
import { Public, TakesBody } from '../access/requires.js'
import { SessionVerifier } from '../access/session/session-verifier.js'
import type { KnownSession } from '../access/session/session-lookup.js'
import { CONFIG, type Config } from '../platform/config.js'
import { InvalidInput } from '../platform/http/errors.js'
import { Answers } from '../platform/http/openapi.js'
import { checked } from '../platform/http/zod.pipe.js'
import { Attempts } from './attempts.js'
import { EnteredAnswer } from './entered-answer.js'
import { OidcFlowCookie } from './oidc-flow-cookie.js'
import { OidcService } from './oidc.service.js'
import { oidcAnswer, oidcStarted, startOidc, waysIn, type StartOidc } from './sign-in.dto.js'

/** Signing in at an OpenID provider. */
@Controller('v1/auth')
export class OidcController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly oidc: OidcService,
    private readonly cookie: OidcFlowCookie,
    private readonly sessions: SessionVerifier,
    private readonly attempts: Attempts,
    private readonly answer: EnteredAnswer,
  ) {}

  @Get('methods')
  @Public()
  @Answers({ id: 'waysIn', summary: 'How people may sign in', description: 'What a page for signing in has to offer.', 200: waysIn })
  methods(): z.infer<typeof waysIn> {
    const name = this.oidc.providerName
    return { password: true, oidc: name === undefined ? null : { name } }
  }

  @Post('oidc/start')
  @HttpCode(200)
  @Public()
  @TakesBody()
  @Answers({ id: 'startOidc', summary: 'Begin to sign in at the OpenID provider: where to send the browser', description: 'The browser that asks must be the one that is sent: it gets a cookie that its way back needs, within ten minutes.', 200: oidcStarted, problems: [400, 401, 403, 404, 409, 429, 502] })
  async start(@Body(checked(startOidc)) body: StartOidc, @Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<z.infer<typeof oidcStarted>> {
    const { address } = this.answer.from(request)
    await this.attempts.link(address ?? '')
    const { url, carried } = await this.oidc.start(body, body.link ? await this.#session(request) : undefined)
    this.cookie.give(response, carried)
    return { authorization_url: url }
  }

  @Get('oidc/callback')
  @Public()
  @Answers({ id: 'finishOidc', summary: 'Where the OpenID provider sends the browser back to', description: 'Lets in whoever has an account there that is tied to a person here, or brings an invitation; an e-mail address alone lets nobody in.', 303: null, problems: [400, 401, 403, 404, 409, 502] })
  async callback(@Query(checked(oidcAnswer)) _answer: object, @Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<void> {
    const flow = this.cookie.take(request, response)
    if (!flow) throw new InvalidInput('this sign-in was not begun in this browser, or more than ten minutes ago; begin again')
    // The provider's page is another site: what the guard asks of cookies here is what the sealed one answers.
    const from = { address: request.ip ?? null, agent: request.get('user-agent') ?? null }
    const at = request.originalUrl.indexOf('?')
    const entered = await this.oidc.finish(at === -1 ? '' : request.originalUrl.slice(at), flow, flow.linkTo === undefined ? undefined : await this.#session(request), from)
    if (entered) this.answer.give(response, entered)
    response.status(303).setHeader('Location', `${this.config.publicUrl}/`)
  }

  async #session(request: Request): Promise<KnownSession | undefined> {
    const token = this.sessions.tokenOf(request)
    return token === undefined ? undefined : this.sessions.verify(request, token)
  }
}
