import type { Command } from 'commander';
import type { Api } from './api.ts';
import {
  diffSboms,
  listSboms,
  readImage,
  tellWays,
  uploadSbom,
  type SbomImageFlags,
  type SbomListFlags,
  type SbomUploadFlags,
  type SbomWhyFlags,
} from './verbs/sbom.ts';

/** Describes the verbs about SBOMs. */
export function addSboms(cli: Command, api: () => Api, setExit: (code: number) => void): void {
  const sbom = cli.command('sbom').description('inventories of components: send them, compare them, ask why something is in one');
  sbom
    .command('upload <file>')
    .description('send an SBOM (CycloneDX, SPDX); exit 0 taken, 2 refused, 3 no answer in time, 4 not allowed')
    .option('--repository <url>', 'clone URL in any spelling; in a CI job that needs no token, its own when left out')
    .option('--commit <sha>', 'full id of the commit that was looked at')
    .option('--branch <name>', 'branch it stands on; its last known head when no commit is given')
    .option('--pull-request <number>', 'number of the change request')
    .option('--artifact <digest>', 'image that was looked at, alone or as name@digest')
    .option('--image <name>', 'name of the image, where --artifact is the digest alone')
    .option('--tool <name>', 'who made it: SBOMs of different tools close nothing of each other')
    .option('--scope <path>', 'part of the repository that was looked at; all when left out')
    .option('--partial', 'what is absent may still be there: nothing is closed')
    .option('--wait [seconds]', 'wait for what it opens and closes (60 s when no number is given)')
    .option('--json', 'print the answer as JSON')
    .action(async (file: string, flags: SbomUploadFlags) => setExit(await uploadSbom(api(), file, flags)));
  sbom
    .command('image <name>')
    .description('have the layers of an image read in its registry; exit 0 done, 2 refused, 3 no answer in time, 4 not allowed')
    .option('--platform <os/architecture>', 'which one, where the image has several; linux/amd64 when left out')
    .option('--wait [seconds]', 'wait until it is read (600 s when no number is given)')
    .option('--json', 'print the answer as JSON')
    .action(async (name: string, flags: SbomImageFlags) => setExit(await readImage(api(), name, flags)));
  sbom
    .command('list')
    .description('list SBOMs, the latest first; those made from lock files, too')
    .option('--repository <url>', 'clone URL in any spelling')
    .option('--commit <sha>', 'full id of a commit')
    .option('--artifact <digest>', 'digest of an image')
    .option('--image <name>', 'name of an image without host and tag')
    .option('--limit <n>', 'how many', '50')
    .option('--json', 'print the page as JSON')
    .action(async (flags: SbomListFlags) => listSboms(api(), flags));
  sbom
    .command('diff <from> <to>')
    .description('what one has that the other has not; each by its id, the digest of an image, or a commit')
    .option('--json', 'print the differences as JSON')
    .action(async (from: string, to: string, flags: { json?: boolean }) => diffSboms(api(), from, to, flags.json ?? false));
  sbom
    .command('why <purl>')
    .description('the shortest ways by which a package comes in')
    .option('--sbom <name>', 'id of an SBOM, digest of an image, or commit')
    .option('--repository <url>', 'the latest SBOM of a repository')
    .option('--json', 'print the ways as JSON')
    .action(async (purl: string, flags: SbomWhyFlags) => tellWays(api(), purl, flags));
}
