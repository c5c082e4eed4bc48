import { Env, ServiceConfig } from '@throughline/service';
import { IsOptional, Matches, Max, Min } from 'class-validator';

/** The public door. */
export class GatewayConfig extends ServiceConfig {
  @Env('PORT', { default: '4000' }) @Min(0) @Max(65_535) override port: number;
  /** Hash of the first administrator's token, in hex; used once, on the first start. */
  @Env('ADMIN_TOKEN_SHA256') @IsOptional() @Matches(/^[0-9a-f]{64}$/) adminTokenSha256?: string;
  /** Hash of a token for the demonstration of this start, in hex; it is good for an hour and not for people, tokens and audit. */
  @Env('DEMO_TOKEN_SHA256') @IsOptional() @Matches(/^[0-9a-f]{64}$/) demoTokenSha256?: string;
  /** Host names (with port) beside that of PUBLIC_URL under which the platform may be called. */
  @Env('PUBLIC_HOSTS', { default: '' }) publicHosts: string[];
  /** Built files of the dashboard; without them only the API is served. */
  @Env('DASHBOARD_DIR', { default: '' }) dashboardDir: string;
  @Env('RATE_PER_TOKEN', { default: '3000' }) @Min(1) ratePerToken: number;
  @Env('RATE_PER_ADDRESS', { default: '6000' }) @Min(1) ratePerAddress: number;
  @Env('RATE_PER_SOURCE', { default: '30000' }) @Min(1) ratePerSource: number;
}
