import { Command, CommanderError } from 'commander';
import { reportFormats } from '@throughline/findings';
import { Api } from './api.ts';
import { readConnection, type ConnectionFlags } from './config.ts';
import { removeDemo, runDemo } from './demo/demo.ts';
import { exitCodes, Refused } from './exit.ts';
import { addLines } from './lines-verbs.ts';
import { addParser } from './parser-verbs.ts';
import { addSboms } from './sbom-verbs.ts';
import { say } from './terminal.ts';
import { confirmRelease, endRelease, listReleases, requestRelease, type ReleaseFlags } from './verbs/checks.ts';
import { exportFindings, type ExportFlags } from './verbs/export.ts';
import { showDeadlines, type DeadlineFlags } from './verbs/deadlines.ts';
import { listFindings, type FindingFlags } from './verbs/findings.ts';
import { askGate, type GateFlags } from './verbs/gate.ts';
import { installHook, removeHook, type HookFlags } from './verbs/hook.ts';
import { parseReport } from './verbs/reports-parse.ts';
import { fetchBundle, publishPolicies, rollBack, testPolicies, type PublishFlags } from './verbs/policy.ts';
import {
  approveChange,
  deletePolicy,
  listChanges,
  putPolicy,
  rejectChange,
  showChange,
  type ChangeListFlags,
  type DeleteFlags,
  type PutFlags,
} from './verbs/policy-changes.ts';
import { replayPolicy, type ReplayFlags } from './verbs/policy-replay.ts';
import { verifyBundle, type VerifyFlags } from './verbs/policy-verify.ts';
import { scan, type ScanFlags } from './verbs/scan.ts';
import { listScanners } from './verbs/scanners.ts';
import { upload, type UploadFlags } from './verbs/upload.ts';
import {
  approveWaiver,
  listWaivers,
  requestWaiver,
  revokeWaiver,
  type WaiveFlags,
  type WaiverListFlags,
  type WaiverRevokeFlags,
} from './verbs/waive.ts';
import { verifyVex, type VexVerifyFlags } from './verbs/vex.ts';
import { tellWhy } from './verbs/why.ts';

const exitCodesInWords = `
Exit codes: 0 pass, 1 denied, 2 wrong usage or refused, 3 could not decide or nobody answers, 4 not allowed,
5 asked for and waits for a second person.`;

/** Describes the verbs; each sets `process.exitCode`. */
function program(): Command {
  const cli = new Command('throughline')
    .description('One causal chain from commit to alert. Data goes to stdout, talk to stderr.')
    .option('--server <url>', 'platform to talk to (THROUGHLINE_URL)')
    .option('--token-file <file>', 'file with the API token (THROUGHLINE_TOKEN holds the token itself; a CI job needs none)')
    .addHelpText('after', exitCodesInWords)
    .exitOverride();
  const api = (): Api => new Api(readConnection(cli.opts<ConnectionFlags>()));

  cli
    .command('scan <path-or-url>')
    .description('scan a folder or a repository like a push of it')
    .option('--ref <ref>', 'branch, tag or commit; the default branch when left out')
    .option('--staged', 'what is staged in the folder: only what it adds to the commit that is checked out counts')
    .option('--wait <seconds>', 'how long to wait for the decision (at most 50)', '50')
    .option('--sarif <file>', 'write the findings as SARIF 2.1.0, for an editor')
    .option('--json', 'print the decision as JSON')
    .action(async (target: string, flags: ScanFlags) => setExit(await scan(api(), target, flags)));
  cli
    .command('gate')
    .description('ask a gate about a commit; exit 0 pass, 1 denied, 3 could not decide')
    .option('--repository <url>', 'clone URL in any spelling; in a CI job that needs no token, its own when left out')
    .option('--commit <sha>', 'full commit id; in such a job its own when left out')
    .option('--gate <name>', 'change, build, registry, deploy or runtime', 'change')
    .option('--pull-request <number>', 'number of the change request')
    .option('--application <name>', 'application whose risk tolerance counts')
    .option('--wait <seconds>', 'how long to wait for missing evidence (at most 50)', '0')
    .option('--json', 'print the answer as JSON')
    .action(async (flags: GateFlags) => setExit(await askGate(api(), flags)));
  cli
    .command('findings')
    .description('list findings, worst first')
    .option('--repository <url>', 'clone URL in any spelling')
    .option('--commit <sha>', 'only those present at this commit')
    .option('--severity <list>', 'critical,high,medium,low,info; !low for all but low')
    .option('--class <list>', 'vulnerability, code, secret, configuration')
    .option('--limit <n>', 'how many', '50')
    .option('--json', 'print the page as JSON')
    .option('--sarif', 'print all of them (up to 5,000) as SARIF 2.1.0')
    .action(async (flags: FindingFlags) => listFindings(api(), flags));
  cli
    .command('deadlines')
    .description('which deadlines are broken, and which will be when nobody does anything')
    .option('--days <n>', 'how far to look', '7')
    .option('--application <name>', 'several by comma, ! before one that must not be')
    .option('--owner <name>', 'by CODEOWNERS or of the application; unowned for what nobody owns')
    .option('--severity <list>', 'critical,high,medium,low,info; !low for all but low')
    .option('--json', 'print the answer as JSON')
    .action(async (flags: DeadlineFlags) => showDeadlines(api(), flags));
  cli
    .command('export <format>')
    .description('write all findings that the filters find: csv, json (one a line), sarif, ocsf; vex (OpenVEX), vex-cyclonedx, vex-csaf')
    .option('--repository <url>', 'clone URL in any spelling')
    .option('--application <name>', 'several by comma, ! before one that must not be')
    .option('--severity <list>', 'critical,high,medium,low,info; !low for all but low')
    .option('--class <list>', 'vulnerability, code, secret, configuration')
    .option('--detection <list>', 'open, not_seen, resolved, not_evaluated, retracted')
    .option('--filter <name=value...>', 'any other filter of GET /api/v1/findings')
    .option('--signed', 'in a signed envelope (DSSE); only VEX')
    .option('--output <file>', 'a file, which is there whole or not at all; stdout when left out')
    .action(async (format: string, flags: ExportFlags) => exportFindings(api(), format, flags));
  cli
    .command('vex')
    .description('what is said of vulnerabilities: verify what somebody else exported and signed')
    .command('verify <file>')
    .description('print signed VEX that one of the keys signed; exit 0 it did, 1 it is not to be believed')
    .requiredOption('--key <file...>', 'public key (PEM) that you have from elsewhere: GET /api/v1/vex/keys names them')
    .action(async (file: string, flags: VexVerifyFlags) => setExit(await verifyVex(file, flags)));
  addHook(cli);
  cli
    .command('scanners')
    .description('the scanners of the platform; add and remove work on the machine that it runs on')
    .command('list')
    .description('which scanners run here, which do not and why, and which can be added')
    .option('--json', 'print the list as JSON')
    .action(async (flags: { json?: boolean }) => listScanners(api(), flags.json ?? false));
  cli
    .command('why <alert>')
    .description('why an alert exists and which gates it passed')
    .option('--json', 'print the answer as JSON')
    .action(async (alert: string, flags: { json?: boolean }) => tellWhy(api(), alert, flags.json ?? false));
  addWaive(cli, api);
  addSboms(cli, api, setExit);
  addLines(cli);
  addChecks(cli, api);
  const demo = cli.command('demo').description('the demonstration: an example that is kept apart from your own repositories');
  demo
    .command('run')
    .description('show it, also after it was removed')
    .action(async () => runDemo(api(), readConnection(cli.opts<ConnectionFlags>()).server));
  demo
    .command('remove')
    .description('take it away, and nothing else')
    .action(async () => removeDemo(api()));
  cli
    .command('upload <file>')
    .description('send the report of a tool; exit 0 taken, 2 refused, 3 no answer in time, 4 not allowed')
    .option('--repository <url>', 'clone URL in any spelling; in a CI job that needs no token, its own when left out')
    .option('--commit <sha>', 'full id of the commit that was looked at')
    .option('--branch <name>', 'branch it stands on; its last known head when no commit is given')
    .option('--pull-request <number>', 'number of the change request')
    .option('--format <name>', `one of ${reportFormats.join(', ')}, or a mapping that is saved`, 'auto')
    .option('--tool <name>', 'name of the tool, where the report does not say it')
    .option('--scope <path>', 'path or service that was looked at; all when left out')
    .option('--complete', 'the report covers all of its scope: what is absent may be closed')
    .option('--artifact <digest>', 'image that was looked at')
    .option('--environment <name>', 'environment that was looked at')
    .option('--target <target>', 'host, URL or cloud account that was looked at')
    .option('--scanned-at <time>', 'when the tool ran (ISO 8601)')
    .option('--wait [seconds]', 'wait until its findings are known (60 when no number is given)')
    .option('--json', 'print the report as JSON')
    .action(async (file: string, flags: UploadFlags) => setExit(await upload(api(), file, flags)));
  cli
    .command('reports')
    .description('reports of other tools')
    .command('parse <file>')
    .description('print what a report says, one finding a line; needs no server')
    .option('--format <name>', `one of ${reportFormats.join(', ')}`, 'auto')
    .action(async (file: string, flags: { format: string }) => parseReport(file, flags));
  addParser(cli, api, setExit);
  addPolicyVerbs(cli, api);
  return cli;
}

function addHook(cli: Command): void {
  const hook = cli.command('hook').description('scan what is staged before each commit of a work tree');
  hook
    .command('install [path]')
    .description("install git's pre-commit hook; a denied commit is stopped")
    .option('--strict', 'a commit that cannot be judged is stopped too')
    .action(async (path: string | undefined, flags: HookFlags) => installHook(path ?? '.', flags));
  hook
    .command('remove [path]')
    .description('take it away; a hook that is not ours stays')
    .action(async (path: string | undefined) => removeHook(path ?? '.'));
}

function addPolicyVerbs(cli: Command, api: () => Api): void {
  const policy = cli.command('policy').description('policies as code: test them, publish them together, verify what was published');
  policy
    .command('test <path>')
    .description('run the cases of a policy, or of all in a folder; needs no server; exit 0 all pass, 1 one fails, 2 one cannot be read')
    .option('--json', 'print each policy with its cases as JSON')
    .action(async (path: string, flags: { json?: boolean }) => setExit(await testPolicies(path, flags)));
  policy
    .command('replay <policy>')
    .description('what a policy would have decided, by its name or from a file; exit 0 all was judged again, 3 that takes longer')
    .requiredOption('--since <time>', 'decisions from then on (ISO 8601)')
    .option('--gate <name...>', 'only at these gates')
    .option('--wait <seconds>', 'how long to wait for the end', '60')
    .option('--json', 'print the replay as JSON')
    .action(async (name: string, flags: ReplayFlags) => setExit(await replayPolicy(api(), name, flags)));
  policy
    .command('publish <path>')
    .description(
      'publish a policy, or all in a folder, as one signed bundle: all of it or nothing; exit 5 when it waits for a second person',
    )
    .option('--complete', 'they are all that is to be in force: others are taken away')
    .option('--note <text>', 'why, for those who read the list')
    .option('--json', 'print the bundle, or the change that waits, as JSON')
    .action(async (path: string, flags: PublishFlags) => setExit(await publishPolicies(api(), path, flags)));
  policy
    .command('rollback <sequence>')
    .description('publish what an earlier bundle held, under a new sequence; exit 5 when it waits for a second person')
    .option('--note <text>', 'why, for those who read the list')
    .option('--json', 'print the bundle, or the change that waits, as JSON')
    .action(async (sequence: string, flags: PublishFlags) => setExit(await rollBack(api(), sequence, flags)));
  policy
    .command('fetch [sequence]')
    .description('print the signed document of a bundle; the one in force when no sequence is given')
    .action(async (sequence: string | undefined) => fetchBundle(api(), sequence ?? 'current'));
  policy
    .command('verify <file>')
    .description('verify the signed document of a bundle; needs no server; exit 0, or 1 with the reason')
    .requiredOption('--key <file...>', 'public key (PEM), from GET /api/v1/policies/keys; several while keys change')
    .option('--after <sequence>', 'sequence of the last bundle that was seen: one that is not above it is refused')
    .option('--json', 'print what was found as JSON')
    .action(async (file: string, flags: VerifyFlags) => setExit(await verifyBundle(file, flags)));
  addPolicyChanges(policy, api);
}

function addPolicyChanges(policy: Command, api: () => Api): void {
  policy
    .command('put <file>')
    .description('publish one policy; exit 0 in force, 1 a case fails, 5 it makes it weaker and waits for a second person')
    .option('--version <number>', 'that you have read: refused when it is another one by now; the one in force when left out')
    .option('--json', 'print the policy, or the change that waits, as JSON')
    .action(async (file: string, flags: PutFlags) => setExit(await putPolicy(api(), file, flags)));
  policy
    .command('delete <name>')
    .description('take one policy away; exit 0 gone, 5 it warns or blocks and waits for a second person')
    .option('--version <number>', 'that you have read: refused when it is another one by now; the one in force when left out')
    .option('--json', 'print what is gone, or the change that waits, as JSON')
    .action(async (name: string, flags: DeleteFlags) => setExit(await deletePolicy(api(), name, flags)));
  const changes = policy.command('changes').description('changes that make a policy weaker: one person asks, another one approves');
  changes
    .command('list')
    .description('list them, the newest first')
    .option('--state <state>', 'awaiting_approval, approved, rejected, superseded or expired')
    .option('--limit <n>', 'how many', '50')
    .option('--json', 'print the page as JSON')
    .action(async (flags: ChangeListFlags) => listChanges(api(), flags));
  changes
    .command('show <id>')
    .description('what becomes weaker, which denials it would have let through, and the text')
    .option('--json', 'print the change as JSON')
    .action(async (id: string, flags: { json?: boolean }) => showChange(api(), id, flags));
  changes
    .command('approve <id>')
    .description('approve what somebody else asked for, as it stands now; exit 4 when you may not')
    .option('--digest <sha256>', 'of what you have read; of what is shown now when left out')
    .option('--json', 'print the change as JSON')
    .action(async (id: string, flags: { digest?: string; json?: boolean }) => approveChange(api(), id, flags));
  changes
    .command('reject <id>')
    .description('refuse it, or take back what you asked for')
    .option('--reason <text>', 'why')
    .option('--json', 'print the change as JSON')
    .action(async (id: string, flags: { reason?: string; json?: boolean }) => rejectChange(api(), id, flags));
}

function setExit(code: number): void {
  process.exitCode = code;
}

/** Runs one command line and leaves the exit code in `process.exitCode`. */
async function main(argv: readonly string[]): Promise<void> {
  try {
    await program().parseAsync([...argv]);
  } catch (error) {
    if (error instanceof CommanderError) return setExit(error.exitCode === 0 ? 0 : exitCodes.usage);
    if (!(error instanceof Refused)) throw error;
    say(`throughline: ${error.message}`);
    setExit(error.exitCode);
  }
}

// Whoever reads our output may have seen enough of it.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});
await main(process.argv);

/** Asking is the verb itself; what others do with a request are verbs below it. */
function addWaive(cli: Command, api: () => Api): void {
  const several = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
  const waive = cli
    .command('waive')
    .description('ask for an exception: a risk that is accepted for a time, once somebody else approves it')
    .option('--finding <id>', 'finding that it covers; may be repeated', several)
    .option('--cve <id>', 'CVE that it covers')
    .option('--rule <name>', 'rule that it covers')
    .option('--path <path>', 'file, or folder when it ends with /')
    .option('--repository <url>', 'clone URL in any spelling; follows from findings')
    .option('--application <name>', 'all of an application')
    .option('--decision <id>', 'decision that it is asked for')
    .option('--reason <text>', 'why the risk can be taken')
    .option('--until <date>', 'last day, or a time')
    .option('--owner <name>', 'who answers for it; you, when left out')
    .option('--premise <text>', 'what it leans on')
    .option('--ends-when <list>', 'known_exploited,fix_available or none', 'known_exploited')
    .option('--json', 'print the request as JSON')
    .action(async (flags: WaiveFlags) => requestWaiver(api(), flags));
  waive
    .command('list')
    .description('list exceptions and requests, the newest first')
    .option('--state <state>', 'requested, granted or ended')
    .option('--repository <url>', 'clone URL in any spelling')
    .option('--origin <who>', 'person, or repository: what lines on the default branch ask for')
    .option('--limit <n>', 'how many', '50')
    .option('--json', 'print the page as JSON')
    .action(async (flags: WaiverListFlags, command: Command) => listWaivers(api(), command.optsWithGlobals<WaiverListFlags>()));
  waive
    .command('approve <id>')
    .description('approve a request of somebody else, as it stands now; exit 4 when you may not')
    .option('--digest <sha256>', 'of the content that you have read; of what is shown now when left out')
    .option('--json', 'print the exception as JSON')
    .action(async (id: string, flags: { digest?: string }, command: Command) =>
      approveWaiver(api(), id, command.optsWithGlobals<typeof flags>()),
    );
  waive
    .command('revoke <id>')
    .description('end an exception, or refuse the request for it')
    .option('--reason <text>', 'why')
    .option('--json', 'print the exception as JSON')
    .action(async (id: string, flags: WaiverRevokeFlags, command: Command) =>
      revokeWaiver(api(), id, command.optsWithGlobals<WaiverRevokeFlags>()),
    );
}

function addChecks(cli: Command, api: () => Api): void {
  const checks = cli.command('checks').description('the checks beside commits: let those pass that nobody can judge, after an outage');
  checks
    .command('release')
    .description('ask that unjudged checks pass for a while; another person confirms it, and they are judged later')
    .option('--reason <text>', 'why nobody can wait for the judgement')
    .option('--repository <url>', 'only of this repository, by any spelling of its clone URL')
    .option('--source <id>', 'only of what this source told; all checks when neither is named')
    .option('--minutes <n>', 'how long it holds from the confirmation on; 60 when left out')
    .option('--wait <seconds>', 'how long to wait for a platform that is away', '0')
    .option('--json', 'print the request as JSON')
    .action(async (flags: ReleaseFlags) => requestRelease(api(), flags));
  checks
    .command('confirm <id>')
    .description('confirm the request of another person, as it stands now; exit 4 when you may not')
    .option('--digest <sha256>', 'of what you have read; of what is shown now when left out')
    .option('--json', 'print the release as JSON')
    .action(async (id: string, flags: { digest?: string; json?: boolean }) => confirmRelease(api(), id, flags));
  checks
    .command('end <id>')
    .description('end a release before its time, or refuse the request for it')
    .option('--reason <text>', 'why')
    .option('--json', 'print the release as JSON')
    .action(async (id: string, flags: { reason?: string; json?: boolean }) => endRelease(api(), id, flags));
  checks
    .command('list')
    .description('list releases and requests, the newest first')
    .option('--state <state>', 'requested, open or ended')
    .option('--limit <n>', 'how many', '50')
    .option('--json', 'print the page as JSON')
    .action(async (flags: { state?: string; limit: string; json?: boolean }) => listReleases(api(), flags));
}
