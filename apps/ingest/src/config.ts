import { delimiter } from 'node:path';
import { Max, Min } from 'class-validator';
import { Env, ServiceConfig } from '@throughline/service';

/** What ingest is told beside what every service is told. */
export class IngestConfig extends ServiceConfig {
  /** Folders below which `file://` repositories may lie, separated like `PATH`; none when empty. */
  @Env('FILE_URL_ROOTS', { default: '' }) fileUrlRoots: string;

  /** How often a repository is looked at for pushes that no webhook told; 0 for never. */
  @Env('RECONCILE_SECONDS', { default: '600' }) @Min(0) @Max(86_400) reconcileSeconds: number;

  get fileRoots(): readonly string[] {
    return this.fileUrlRoots.split(delimiter).filter((root) => root !== '');
  }
}
