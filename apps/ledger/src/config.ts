import { delimiter } from 'node:path';
import { Env, ServiceConfig } from '@throughline/service';

/** What the ledger is told beside what every service is told. */
export class LedgerConfig extends ServiceConfig {
  /** Folders below which files of advisory feeds may lie (`file://`), separated like `PATH`; none when empty. */
  @Env('FEED_FILE_ROOTS', { default: '' }) feedFileRoots: string;

  get feedRoots(): readonly string[] {
    return this.feedFileRoots.split(delimiter).filter((root) => root !== '');
  }
}
