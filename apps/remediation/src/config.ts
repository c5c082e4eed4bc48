import { Max, Min } from 'class-validator';
import { Env, ServiceConfig } from '@throughline/service';

/** What remediation is told beside what every service is told. */
export class RemediationConfig extends ServiceConfig {
  /** Whether package registries are asked at all; without them lock files of some formats are not edited. */
  @Env('ASK_REGISTRIES', { default: 'true' }) askRegistries: boolean;
  /** Address to ask in place of npm's public registry, for a mirror. */
  @Env('NPM_REGISTRY', { default: '' }) npmRegistry: string;
  /** The same for PyPI: the address of a simple index. */
  @Env('PYPI_REGISTRY', { default: '' }) pypiRegistry: string;
  /** Days that a release must be old before it is proposed. */
  @Env('MINIMUM_RELEASE_AGE_DAYS', { default: '3' }) @Min(0) @Max(365) minimumReleaseAgeDays: number;
}
