import { delimiter } from 'node:path';
import { Env, ServiceConfig } from '@throughline/service';

/** What ingest is told beside what every service is told. */
export class IngestConfig extends ServiceConfig {
  /** Folders below which `file://` repositories may lie, separated like `PATH`; none when empty. */
  @Env('FILE_URL_ROOTS', { default: '' }) fileUrlRoots: string;

  get fileRoots(): readonly string[] {
    return this.fileUrlRoots.split(delimiter).filter((root) => root !== '');
  }
}
