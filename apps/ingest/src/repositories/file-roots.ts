import { realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Injectable } from '@nestjs/common';
import { Problem } from '@throughline/service';
import { IngestConfig } from '../config.ts';

/** The folders of this machine below which the operator lets repositories be read. Set by configuration only. */
@Injectable()
export class FileRoots {
  constructor(private readonly config: IngestConfig) {}

  /**
   * The `file://` address of the real folder behind an address, when it is a repository below an allowed root. Compared by
   * real path, so that a link leads nowhere else. Throws `Problem` 422, alike for what is missing and what is forbidden.
   */
  async resolve(address: string): Promise<string> {
    const folder = await realFolder(address);
    if (folder === undefined || !(await this.allows(folder)) || !(await isRepository(folder))) throw refused();
    return pathToFileURL(folder).href;
  }

  private async allows(folder: string): Promise<boolean> {
    for (const root of this.config.fileRoots) {
      const real = await realpath(root).catch(() => undefined);
      if (real !== undefined && folder.startsWith(real.endsWith(sep) ? real : `${real}${sep}`)) return true;
    }
    return false;
  }
}

async function realFolder(address: string): Promise<string | undefined> {
  const url = URL.parse(address);
  if (url?.protocol !== 'file:' || url.host !== '' || url.search || url.hash) return undefined;
  try {
    return await realpath(fileURLToPath(url));
  } catch {
    return undefined;
  }
}

async function isRepository(folder: string): Promise<boolean> {
  for (const head of [join(folder, 'HEAD'), join(folder, '.git', 'HEAD')]) {
    const found = await stat(head).catch(() => undefined);
    if (found?.isFile()) return true;
  }
  return false;
}

function refused(): Problem {
  const detail = 'no git repository below a folder that the operator allows (FILE_URL_ROOTS)';
  return new Problem(422, 'file_url_refused', `the address names ${detail}`, [
    { pointer: '/url', detail: `must name a git repository below an allowed folder` },
  ]);
}
