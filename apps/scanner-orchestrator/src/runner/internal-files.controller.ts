import { Controller, Get, Query } from '@nestjs/common';
import { SourceFileQuery, SourceFileText } from '@throughline/contracts';
import { GitFailed, type Git } from '@throughline/git';
import { Answers, Internal, Problem } from '@throughline/service';
import { Mirrors } from './mirrors.ts';

const mostBytes = 2 * 1024 * 1024;

/** Files of commits that were scanned, for those who propose changes to them or read who owns them. Nothing is fetched for it. */
@Controller('internal/files')
export class InternalFilesController {
  constructor(private readonly mirrors: Mirrors) {}

  @Get()
  @Internal('remediation', 'ledger')
  @Answers(SourceFileText)
  async read(@Query() { repository, commit, path }: SourceFileQuery): Promise<SourceFileText> {
    const mirror = this.mirrors.of(repository);
    const plain = path.split('/').every((part) => part !== '' && part !== '.' && part !== '..') && !path.includes('\0');
    if (!plain || !(await mirror.has(commit))) throw missing(path);
    const bytes = await blobAt(mirror.git, `${commit}:${path}`, path);
    try {
      return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
    } catch {
      throw new Problem(422, 'not_text', `${path} is not UTF-8 text`);
    }
  }
}

/** The bytes as they are stored: no filter or attribute of the tree has a say. */
async function blobAt(git: Git, object: string, path: string): Promise<Buffer> {
  const stream = git.stream(['cat-file', 'blob', object], { timeoutMs: 10_000 });
  stream.input.end();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream.output) {
      chunks.push(chunk);
      bytes += chunk.byteLength;
      if (bytes > mostBytes) throw new Problem(413, 'too_large', `${path} has more than ${mostBytes} bytes`);
    }
    await stream.done;
  } catch (error) {
    if (error instanceof GitFailed && error.exit === 128) throw missing(path);
    throw error;
  } finally {
    stream.stop();
  }
  return Buffer.concat(chunks);
}

function missing(path: string): Problem {
  return new Problem(404, 'not_found', `there is no file ${JSON.stringify(path.slice(0, 200))} at this commit`);
}
