import type { Command } from 'commander';
import type { Api } from './api.ts';
import { tryMapping } from './verbs/parser-try.ts';
import { deleteMapping, listMappings, saveMapping, tryOnServer, type MappingFlags } from './verbs/parser.ts';

/** Describes the verbs about declared formats. */
export function addParser(cli: Command, api: () => Api, setExit: (code: number) => void): void {
  const parser = cli.command('parser').description('formats of reports that are declared, not programmed');
  parser
    .command('try <mapping> <report>')
    .description('print what a mapping (YAML) makes of a report, one finding a line; needs no server')
    .action(tryMapping);
  parser
    .command('save <mapping>')
    .description('save a mapping (YAML or JSON) on the server, where it reads the next upload')
    .option('--version <number>', 'version that you have read; what is saved now when left out')
    .option('--json', 'print the mapping as JSON')
    .action(async (file: string, flags: MappingFlags) => setExit(await saveMapping(api(), file, flags)));
  parser
    .command('list')
    .description('list the mappings that are saved')
    .option('--limit <n>', 'how many', '50')
    .option('--json', 'print the page as JSON')
    .action(async (flags: { limit: string; json?: boolean }) => listMappings(api(), flags));
  parser
    .command('preview <name> <report>')
    .description('print what a saved mapping makes of a report (at most 1 MiB); nothing is kept')
    .option('--json', 'print the preview as JSON')
    .action(async (name: string, report: string, flags: { json?: boolean }) => tryOnServer(api(), name, report, flags));
  parser
    .command('delete <name>')
    .description('take a mapping away; what was read by it stays')
    .option('--version <number>', 'version that you have read; what is saved now when left out')
    .option('--json', 'print what was deleted as JSON')
    .action(async (name: string, flags: MappingFlags) => setExit(await deleteMapping(api(), name, flags)));
}
