import { Module } from '@nestjs/common';
import { OutboundModule } from '@throughline/service';
import { CiIssuers } from '../ci/ci-issuers.ts';
import { CiIssuersController } from '../ci/ci-issuers.controller.ts';
import { JobAccess } from '../ci/job-access.ts';
import { JobTokens } from '../ci/job-tokens.ts';
import { SigningKeys } from '../ci/signing-keys.ts';
import { TokenExchangeController } from '../ci/token-exchange.controller.ts';
import { AddressModule } from '../site/address.module.ts';
import { IdempotencyModule } from '../proxy/idempotency.module.ts';
import { ApplicationChangedHandler } from './application-changed.handler.ts';
import { Accounts } from './accounts.ts';
import { AdministratorsKept } from './administrators-kept.ts';
import { CallerOfRequest } from './caller-of-request.ts';
import { Clock } from './clock.ts';
import { FirstToken } from './first-token.ts';
import { People } from './people.ts';
import { PeopleController } from './people.controller.ts';
import { RoleBindings } from './role-bindings.ts';
import { RoleBindingsController } from './role-bindings.controller.ts';
import { SessionController } from './session.controller.ts';
import { Sessions } from './sessions.ts';
import { StreamTickets } from './stream-tickets.ts';
import { Teams } from './teams.ts';
import { TeamsController } from './teams.controller.ts';
import { TokenLines } from './token-lines.ts';
import { TokenRetention } from './token-retention.ts';
import { Tokens } from './tokens.ts';
import { TokensController } from './tokens.controller.ts';

/** Who calls, and what that allows. */
@Module({
  imports: [AddressModule, IdempotencyModule, OutboundModule],
  controllers: [
    TokenExchangeController,
    TokensController,
    SessionController,
    TeamsController,
    PeopleController,
    RoleBindingsController,
    CiIssuersController,
    ApplicationChangedHandler,
  ],
  providers: [
    Clock,
    FirstToken,
    RoleBindings,
    TokenLines,
    TokenRetention,
    Tokens,
    People,
    AdministratorsKept,
    Accounts,
    Sessions,
    StreamTickets,
    ...[CiIssuers, SigningKeys, JobTokens, JobAccess],
    CallerOfRequest,
    Teams,
  ],
  exports: [Accounts, CallerOfRequest, Clock, People, RoleBindings, StreamTickets, TokenLines],
})
export class AccessModule {}
