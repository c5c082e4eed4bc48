import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { FindingComment, NewFindingComment, PageQuery, type Page } from '@throughline/contracts';
import { Access, Answers, Caller, type Identity } from '@throughline/service';
import { FindingComments } from './comments.ts';

@Controller('api/v1/findings/:id/comments')
export class FindingCommentsController {
  constructor(private readonly comments: FindingComments) {}

  @Get()
  @Access('findings:read')
  @Answers(FindingComment, { list: true, description: 'What people wrote about the finding, the oldest first' })
  list(@Param('id') id: string, @Query() query: PageQuery, @Caller() caller: Identity): Promise<Page<FindingComment>> {
    return this.comments.list(id, query, caller);
  }

  @Post()
  @Access('findings:write')
  @Answers(FindingComment, { status: 201, description: 'A comment; Markdown is kept as it is' })
  add(@Param('id') id: string, @Body() { text }: NewFindingComment, @Caller() caller: Identity): Promise<FindingComment> {
    return this.comments.add(id, text, caller);
  }

  @Patch(':comment')
  @Access('findings:write')
  @Answers(FindingComment, { description: 'Another text, for whoever wrote it' })
  change(
    @Param('id') id: string,
    @Param('comment') comment: string,
    @Body() { text }: NewFindingComment,
    @Caller() caller: Identity,
  ): Promise<FindingComment> {
    return this.comments.change(id, comment, text, caller);
  }

  @Delete(':comment')
  @HttpCode(204)
  @Access('findings:write')
  @Answers(undefined, { status: 204, description: 'Takes the text of a comment away, for whoever wrote it; that there was one stays' })
  remove(@Param('id') id: string, @Param('comment') comment: string, @Caller() caller: Identity): Promise<void> {
    return this.comments.remove(id, comment, caller);
  }
}
