import { Module } from '@nestjs/common'
import { OrganizationModule } from '../organization/organization.module.js'
import { Attempts } from './attempts.js'
import { EnteredAnswer } from './entered-answer.js'
import { OidcFlowCookie } from './oidc-flow-cookie.js'
import { OidcProvider } from './oidc-provider.js'
import { OidcController } from './oidc.controller.js'
import { OidcService } from './oidc.service.js'
import { OwnerLinkService } from './owner-link.service.js'
import { Passwords } from './passwords.js'
import { SessionController } from './session.controller.js'
import { SessionRepository } from './session.repository.js'
import { SignInController } from './sign-in.controller.js'
import { SignInRepository } from './sign-in.repository.js'
import { SignInService } from './sign-in.service.js'

/** How people prove who they are, and their sessions. */
@Module({
  imports: [OrganizationModule],
  controllers: [OidcController, SessionController, SignInController],
  providers: [Attempts, EnteredAnswer, OidcFlowCookie, OidcProvider, OidcService, OwnerLinkService, Passwords, SessionRepository, SignInRepository, SignInService],
  exports: [OwnerLinkService],
})
export class SignInModule {}
