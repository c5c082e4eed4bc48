import { Module } from '@nestjs/common';
import { RepositoriesModule } from '../repositories/repositories.module.ts';
import { SourcesModule } from '../sources/sources.module.ts';
import { CredentialsController } from './credentials.controller.ts';
import { Credentials } from './credentials.ts';

@Module({
  imports: [SourcesModule, RepositoriesModule],
  controllers: [CredentialsController],
  providers: [Credentials],
})
export class CredentialsModule {}
