import { createHmac, timingSafeEqual } from 'node:crypto';
import { Body, Controller, Get, Headers, HttpCode, Module, Post, Req, UnauthorizedException, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Type } from 'class-transformer';
import { IsArray, IsNotEmpty, IsString, Matches, ValidateNested } from 'class-validator';
import { DataSource, QueryFailedError } from 'typeorm';
import { Delivery, OutboxRow } from './tables.ts';

const secret = process.env['SECRET']!;
const uniqueViolation = '23505';

class Repository {
  @IsString() @IsNotEmpty() full_name: string;
  @IsString() clone_url: string;
  @IsString() default_branch: string;
}

class Push {
  @IsString() ref: string;
  @Matches(/^[0-9a-f]{40}$/) before: string;
  @Matches(/^[0-9a-f]{40}$/) after: string;
  @IsArray() commits: { readonly id: string; readonly message: string }[];
  @ValidateNested() @Type(() => Repository) repository: Repository;
}

/** What a team writes that takes its framework's advice: verified, validated, and one transaction for each request. */
@Controller()
class HookController {
  constructor(private readonly database: DataSource) {}

  @Post('hook')
  @HttpCode(202)
  async receive(
    @Headers('x-gitea-signature') signature: string,
    @Headers('x-gitea-delivery') delivery: string,
    @Headers('x-gitea-event') event: string,
    @Req() { rawBody }: { readonly rawBody: Buffer },
    @Body() push: Push,
  ): Promise<{ readonly ok: true }> {
    if (!isSigned(rawBody, signature)) throw new UnauthorizedException();
    try {
      await this.database.transaction(async (tx) => {
        await tx.save(tx.create(Delivery, { delivery, event, body: rawBody }));
        const { ref, before, after, repository, commits } = push;
        const payload = {
          repository: repository.clone_url,
          ref,
          before,
          after,
          commits: commits.map(({ id, message }) => ({ id, message })),
        };
        await tx.insert(OutboxRow, { topic: 'change', key: repository.full_name, payload: JSON.stringify(payload) });
      });
    } catch (error) {
      const known = error instanceof QueryFailedError && (error.driverError as { code?: string }).code === uniqueViolation;
      if (!known) throw error;
    }
    return { ok: true };
  }

  @Get('metrics')
  metrics(): string {
    const { user, system } = process.cpuUsage();
    return `process_cpu_seconds_total ${(user + system) / 1e6}\n`;
  }
}

function isSigned(body: Buffer, signature: string | undefined): boolean {
  const sent = Buffer.from(signature ?? '', 'hex');
  const wanted = createHmac('sha256', secret).update(body).digest();
  return sent.length === wanted.length && timingSafeEqual(sent, wanted);
}

const database = new DataSource({
  type: 'postgres',
  url: process.env['DATABASE_URL']!,
  entities: [Delivery, OutboxRow],
  synchronize: true,
  poolSize: 10,
  extra: { options: '-c search_path=public' },
});
await database.initialize();

@Module({ controllers: [HookController], providers: [{ provide: DataSource, useValue: database }] })
class HookModule {}

const app = await NestFactory.create<NestFastifyApplication>(HookModule, new FastifyAdapter({ bodyLimit: 26_000_000 }), {
  rawBody: true,
  logger: ['error', 'fatal'],
});
app.useGlobalPipes(new ValidationPipe({ transform: true, whitelist: true }));
await app.listen(0, '127.0.0.1');
process.send!({ url: await app.getUrl() });
process.once('SIGTERM', () => process.exit(0));
process.once('disconnect', () => process.exit(0));
