import { Module } from '@nestjs/common'
import { FleetModule } from '../fleet/fleet.module.js'
import { InvitationController } from '../invitation/invitation.controller.js'
import { InvitationRepository } from '../invitation/invitation.repository.js'
import { InvitationService } from '../invitation/invitation.service.js'
import { MemberController } from '../member/member.controller.js'
import { MemberRepository } from '../member/member.repository.js'
import { MemberService } from '../member/member.service.js'
import { OrganizationController } from './organization.controller.js'
import { OrganizationRepository } from './organization.repository.js'
import { OrganizationService } from './organization.service.js'

/** Organizations, who belongs to them and who is asked to. */
@Module({
  imports: [FleetModule],
  controllers: [InvitationController, MemberController, OrganizationController],
  providers: [InvitationRepository, InvitationService, MemberRepository, MemberService, OrganizationRepository, OrganizationService],
  exports: [InvitationRepository, OrganizationRepository],
})
export class OrganizationModule {}
