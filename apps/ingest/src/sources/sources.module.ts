import { Module } from '@nestjs/common';
import { OutboundModule } from '@throughline/service';
import { ScmApis } from './scm-apis.ts';
import { ServerWords } from './server-words.ts';
import { SourceDirectory } from './source-directory.ts';
import { SourceTokens } from './source-tokens.ts';
import { SourcesController } from './sources.controller.ts';
import { Sources } from './sources.ts';

@Module({
  imports: [OutboundModule],
  controllers: [SourcesController],
  providers: [Sources, SourceDirectory, ScmApis, ServerWords, SourceTokens],
  exports: [Sources, SourceDirectory, ScmApis, ServerWords, SourceTokens],
})
export class SourcesModule {}
