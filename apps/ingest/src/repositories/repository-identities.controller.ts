import { Body, Controller, Post } from '@nestjs/common';
import { IdentityRequest, RepositoryIdentity } from '@throughline/contracts';
import { Answers, Internal } from '@throughline/service';
import { RepositoryIdentities } from './repository-identities.ts';

@Controller('internal/repositories')
export class RepositoryIdentitiesController {
  constructor(private readonly identities: RepositoryIdentities) {}

  @Post('identify')
  @Internal('gateway')
  @Answers(RepositoryIdentity, { status: 200 })
  identify(@Body() body: IdentityRequest): Promise<RepositoryIdentity> {
    return this.identities.identify(body);
  }
}
