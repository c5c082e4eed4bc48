import { Injectable } from '@nestjs/common';
import { Blobs } from '@throughline/blobs';
import { RemediationConfig } from '../config.ts';
import type { Fixer, SourceFile, WantedFile } from '../fixers/fixer.ts';
import { FixRefused } from '../fixers/version-change.ts';
import { findFixer } from '../fixers/registry.ts';
import { EditThreads } from './edit-threads.ts';
import type { KeptEdit, ProposalRow } from './proposal-rows.ts';
import { FixWorld } from './fix-world.ts';
import { SourceFiles } from './source-files.ts';

const mostFiles = 50;

/** Makes the exact edit of a proposal from the files of its commit and keeps it. */
@Injectable()
export class FixMaker {
  constructor(
    private readonly files: SourceFiles,
    private readonly world: FixWorld,
    private readonly threads: EditThreads,
    private readonly blobs: Blobs,
    private readonly config: RemediationConfig,
  ) {}

  /** Throws `FixRefused` when no exact edit can be made; other errors may pass. */
  async make(proposal: ProposalRow): Promise<KeptEdit> {
    const fixer = findFixer(proposal.ecosystem);
    if (!fixer) throw new FixRefused(`nobody can fix ${proposal.ecosystem} yet`);
    const sources = await this.read(proposal, wantedFiles(fixer, proposal.paths));
    const { name, versions: from, to, ecosystem } = proposal;
    const order = { ecosystem, change: { name, from, to }, sources, now: Date.now(), minimumAgeDays: this.config.minimumReleaseAgeDays };
    const made = await this.threads.edit(order, (wanted) => this.world.fetch(proposal, wanted));
    if (made.files.length === 0) throw new FixRefused(`nothing in ${proposal.paths.join(', ')} asks for ${name} ${proposal.from}`);
    const { digest } = await this.blobs.put(made.diff);
    return { ...made, diff: digest };
  }

  /** A manifest may be missing beside its lock file; a file in which the package was found may not. */
  private async read(proposal: ProposalRow, wanted: readonly WantedFile[]): Promise<readonly SourceFile[]> {
    const read: SourceFile[] = [];
    for (const file of wanted) {
      const text = await this.files.read(proposal.repository, proposal.commit, file.path);
      if (text !== undefined) read.push({ ...file, text });
      else if (proposal.paths.includes(file.path))
        throw new FixRefused(`${file.path} cannot be read at this commit, or is larger than 2 MiB`);
    }
    return read;
  }
}

function wantedFiles(fixer: Fixer, paths: readonly string[]): readonly WantedFile[] {
  const unwritable = paths.find((path) => !/^[^\p{Cc}"\\]+$/u.test(path));
  if (unwritable !== undefined) throw new FixRefused('a file has a name that a diff cannot hold');
  const wanted = new Map(paths.flatMap((path) => fixer.filesFor(path)).map((file) => [file.path, file]));
  if (wanted.size > mostFiles) throw new FixRefused(`the package is asked for in more than ${mostFiles} files`);
  return [...wanted.values()];
}
