import { IsIn, IsOptional, Max, Min } from 'class-validator';
import type { ServiceName } from '@throughline/contracts';
import { Env } from './env.ts';

/** What every service is told. A service extends it with its own fields. */
export class ServiceConfig {
  /** Set from the definition. */
  serviceName: ServiceName;
  /** Loopback, unless TLS or trusted proxies are given. */
  @Env('HOST', { default: '127.0.0.1' }) host: string;
  /** 0: any free port. */
  @Env('PORT', { default: '0' }) @Min(0) @Max(65_535) port: number;
  @Env('TLS_CERT_FILE') @IsOptional() tlsCertFile?: string;
  @Env('TLS_KEY_FILE') @IsOptional() tlsKeyFile?: string;
  /** Addresses or ranges whose `X-Forwarded-*` is believed. */
  @Env('TRUSTED_PROXIES', { default: '' }) trustedProxies: string[];
  @Env('DATABASE_URL', { secret: true }) databaseUrl: string;
  /** Role that owns the schema; the service's own role when absent. */
  @Env('MIGRATION_DATABASE_URL', { secret: true }) @IsOptional() migrationDatabaseUrl?: string;
  @Env('DATABASE_POOL_SIZE', { default: '6' }) @Min(1) @Max(100) databasePoolSize: number;
  @Env('KAFKA_BROKERS', { default: '' }) kafkaBrokers: string[];
  @Env('KAFKA_USERNAME') @IsOptional() kafkaUsername?: string;
  @Env('KAFKA_PASSWORD', { secret: true }) @IsOptional() kafkaPassword?: string;
  @Env('KAFKA_SSL', { default: 'false' }) kafkaSsl: boolean;
  @Env('TOPIC_PREFIX', { default: '' }) topicPrefix: string;
  @Env('THROUGHLINE_HOME', { default: '.throughline' }) home: string;
  @Env('BLOBS_DIR', { default: '.throughline/blobs' }) blobsDir: string;
  /** Ed25519, PKCS #8 PEM: what this service signs its calls with. */
  @Env('IDENTITY_PRIVATE_KEY_FILE') identityPrivateKeyFile: string;
  /** JSON: service → SPKI PEM. */
  @Env('IDENTITY_PUBLIC_KEYS_FILE') identityPublicKeysFile: string;
  /** 32 bytes: what this service seals with. */
  @Env('KEK_FILE') kekFile: string;
  @Env('INGEST_URL', { default: '' }) ingestUrl: string;
  @Env('SCANNER_ORCHESTRATOR_URL', { default: '' }) scannerOrchestratorUrl: string;
  @Env('LEDGER_URL', { default: '' }) ledgerUrl: string;
  @Env('CHAIN_URL', { default: '' }) chainUrl: string;
  @Env('POLICY_ENGINE_URL', { default: '' }) policyEngineUrl: string;
  @Env('REMEDIATION_URL', { default: '' }) remediationUrl: string;
  @Env('NOTIFIER_URL', { default: '' }) notifierUrl: string;
  @Env('GATEWAY_URL', { default: '' }) gatewayUrl: string;
  /** Where people reach the platform; all absolute links start with it. */
  @Env('PUBLIC_URL', { default: 'http://127.0.0.1:4000' }) publicUrl: string;
  /** `scheme://host:port` that may be called although the address is not public. */
  @Env('OUTBOUND_ALLOW', { default: '' }) outboundAllow: string[];
  @Env('LOG_LEVEL', { default: 'info' }) @IsIn(['debug', 'info', 'warn', 'error']) logLevel: 'debug' | 'info' | 'warn' | 'error';
  /** Standard output when empty. */
  @Env('LOG_FILE', { default: '' }) logFile: string;

  /** Public address without a final slash. */
  get linkBase(): string {
    return this.publicUrl.replace(/\/+$/, '');
  }

  /** Base URL of a service, empty when this installation does not name it. */
  urlOf(service: ServiceName): string {
    const urls: Record<ServiceName, string> = {
      ingest: this.ingestUrl,
      'scanner-orchestrator': this.scannerOrchestratorUrl,
      ledger: this.ledgerUrl,
      chain: this.chainUrl,
      'policy-engine': this.policyEngineUrl,
      remediation: this.remediationUrl,
      notifier: this.notifierUrl,
      gateway: this.gatewayUrl,
    };
    return urls[service];
  }

  /** What a log or an error may show: the name of the service, no values. */
  toJSON(): object {
    return { config: this.serviceName };
  }
}
