import { Body, Controller, Post } from '@nestjs/common';
import { CredentialRequest, RepositoryCredential } from '@throughline/contracts';
import { Answers, Caller, Internal, type Identity } from '@throughline/service';
import { Credentials } from './credentials.ts';

@Controller('internal/repositories')
export class CredentialsController {
  constructor(private readonly credentials: Credentials) {}

  @Post('credential')
  @Internal('scanner-orchestrator', 'notifier', 'remediation')
  @Answers(RepositoryCredential, { status: 200 })
  issue(@Body() body: CredentialRequest, @Caller() caller: Identity): Promise<RepositoryCredential> {
    return this.credentials.issue(body, caller);
  }
}
