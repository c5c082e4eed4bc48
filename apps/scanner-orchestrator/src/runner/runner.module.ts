import { readFile } from 'node:fs/promises';
import { Module } from '@nestjs/common';
import { Blobs } from '@throughline/blobs';
import { OutboundModule } from '@throughline/service';
import { ScannerOrchestratorConfig } from '../config.ts';
import { Toolbox } from '../tools/toolbox.ts';
import { FindingKey, FindingKeys } from './finding-key.ts';
import { InternalFilesController } from './internal-files.controller.ts';
import { Mirrors } from './mirrors.ts';
import { ownCode, ownCommand } from './own-code.ts';
import { findSandbox, FoundSandbox } from './sandbox/ladder.ts';
import { ScannerDesk } from './scanner-desk.ts';
import { ScannerRunner } from './scanner-runner.ts';
import { WorkFolders } from './work-folders.ts';

@Module({
  imports: [OutboundModule],
  controllers: [InternalFilesController],
  providers: [
    {
      provide: WorkFolders,
      inject: [ScannerOrchestratorConfig],
      useFactory: ({ workDir }: ScannerOrchestratorConfig) => WorkFolders.open(workDir),
    },
    {
      provide: FoundSandbox,
      inject: [WorkFolders],
      useFactory: ({ root, mountPoint }: WorkFolders) =>
        findSandbox({ workDir: root, mountPoint, visible: ownCode, command: (sandbox) => ownCommand(sandbox, 'runner/sandbox/probe') }),
    },
    {
      provide: FindingKeys,
      inject: [ScannerOrchestratorConfig],
      useFactory: async ({ findingIdentityKeyFile, formerIdentityKeyFiles }: ScannerOrchestratorConfig) =>
        new FindingKeys(await keyIn(findingIdentityKeyFile), await Promise.all(formerIdentityKeyFiles.map(keyIn))),
    },
    { provide: Blobs, inject: [ScannerOrchestratorConfig], useFactory: ({ blobsDir }: ScannerOrchestratorConfig) => new Blobs(blobsDir) },
    {
      provide: Toolbox,
      inject: [ScannerOrchestratorConfig],
      useFactory: ({ toolsDir }: ScannerOrchestratorConfig) => new Toolbox(toolsDir),
    },
    {
      provide: ScannerRunner,
      inject: [FoundSandbox, Blobs, FindingKeys],
      useFactory: ({ sandbox }: FoundSandbox, blobs: Blobs, keys: FindingKeys) => new ScannerRunner(sandbox, blobs, keys),
    },
    ScannerDesk,
    Mirrors,
  ],
  exports: [ScannerDesk, Mirrors, WorkFolders, FindingKeys, Blobs],
})
export class RunnerModule {}

async function keyIn(file: string): Promise<FindingKey> {
  return new FindingKey(await readFile(file));
}
