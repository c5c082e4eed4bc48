import { Max, Min } from 'class-validator';
import { Env, ServiceConfig } from '@throughline/service';

/** What scanner-orchestrator is told beside what every service is told. */
export class ScannerOrchestratorConfig extends ServiceConfig {
  /** Mirrors, and the copies that are being scanned. */
  @Env('WORK_DIR', { default: '.throughline/work' }) workDir: string;
  /** Where `install-tools` puts the scanners. */
  @Env('TOOLS_DIR', { default: '.throughline/tools' }) toolsDir: string;
  /** Rules of your own, in a folder for each scanner that takes some (`semgrep`). */
  @Env('RULES_DIR', { default: '.throughline/rules' }) rulesDir: string;
  /** 32 bytes by which a secret is known again. Losing them loses the identity of all secret findings. */
  @Env('FINDING_IDENTITY_KEY_FILE') findingIdentityKeyFile: string;
  /** Files of keys that were in use before, the latest first: secrets found under them are known again. */
  @Env('FINDING_IDENTITY_FORMER_KEY_FILES', { default: '' }) formerIdentityKeyFiles: string[];
  /** The organisation's own proxy for fetching repositories, `http://host:port`; ours, which checks addresses, when empty. */
  @Env('EGRESS_PROXY', { default: '' }) egressProxy: string;
  /** Largest mirror of one repository. */
  @Env('MAX_REPOSITORY_MIB', { default: '2048' }) @Min(1) @Max(1_048_576) maxRepositoryMib: number;
  /** Largest uploaded report, unpacked. */
  @Env('MAX_REPORT_MIB', { default: '512' }) @Min(1) @Max(4096) maxReportMib: number;
  /** Largest image that is pulled for its inventory, as its layers are packed. */
  @Env('MAX_IMAGE_MIB', { default: '4096' }) @Min(1) @Max(65_536) maxImageMib: number;
  /** Accounts of registries, as `docker login` writes them; without it only public images are read. */
  @Env('REGISTRY_AUTH_FILE', { default: '' }) registryAuthFile: string;
  /** Hosts that give tokens for a registry beside itself, as `registry=host`. */
  @Env('REGISTRY_REALMS', { default: '' }) registryRealms: string[];
  /** Scanners that run at a time. */
  @Env('SCAN_CONCURRENCY', { default: '2' }) @Min(1) @Max(64) scanConcurrency: number;
}
