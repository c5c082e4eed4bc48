import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { SourceFileFound, SourceFileQuery, SourceFileSearch, SourceFileText } from '@throughline/contracts';
import { GitFailed, type Git } from '@throughline/git';
import { Answers, Internal, Problem } from '@throughline/service';
import { listTree, TreeRefused, type TreeFile } from './git/tree-listing.ts';
import { Mirrors } from './mirrors.ts';

const mostBytes = 2 * 1024 * 1024;

/** Files of commits that were scanned, for those who propose changes to them or read who owns them. Nothing is fetched for it. */
@Controller('internal/files')
export class InternalFilesController {
  constructor(private readonly mirrors: Mirrors) {}

  @Get()
  @Internal('remediation')
  @Answers(SourceFileText)
  async read(@Query() { repository, commit, path }: SourceFileQuery): Promise<SourceFileText> {
    const mirror = this.mirrors.of(repository);
    if (!isPlain(path)) throw missing(path);
    const text = textOf(await blobAt(mirror.git, `${commit}^{commit}:${path}`, path));
    if (text === undefined) throw new Problem(422, 'not_text', `${path} is not UTF-8 text`);
    return { text };
  }

  /** One look for all places: a process of git costs more than all that it reads here. */
  @Post('first')
  @HttpCode(200)
  @Internal('ledger')
  @Answers(SourceFileFound)
  async first(@Body() { repository, commit, paths }: SourceFileSearch): Promise<SourceFileFound> {
    const { git } = this.mirrors.of(repository);
    const there = new Map((await filesAt(git, commit, paths.filter(isPlain))).map((file) => [file.path, file]));
    for (const path of paths) {
      const file = there.get(path);
      if (file === undefined || file.bytes > mostBytes) continue;
      const text = textOf(await blobAt(git, file.object, path));
      if (text !== undefined) return { path, text };
    }
    return {};
  }
}

function isPlain(path: string): boolean {
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..') && !path.includes('\0');
}

function textOf(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** What a commit has at these places; nothing of a commit that was never fetched. */
async function filesAt(git: Git, commit: string, paths: readonly string[]): Promise<readonly TreeFile[]> {
  if (paths.length === 0) return [];
  try {
    return (await listTree(git, `${commit}^{commit}`, paths)).files;
  } catch (error) {
    if (error instanceof TreeRefused || (error instanceof GitFailed && error.exit === 128)) return [];
    throw error;
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
