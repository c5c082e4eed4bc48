import { pipeline } from 'node:stream/promises';
import { posix } from 'node:path';
import { LinesRefused, type Blobs } from '@throughline/blobs';
import type { Finding } from '@throughline/findings';
import type { BoxTask } from '../box/box-task.ts';
import type { ProgramScanner, Scanner } from '../scanners/scanner.ts';
import type { ReadyTool } from '../tools/toolbox.ts';
import type { FindingKeys } from './finding-key.ts';
import { ownCode, ownCommand } from './own-code.ts';
import { ReportIntake, type PlacedCanary, type Totals } from './report-intake.ts';
import { BoxProcess, type Ending } from './sandbox/box-process.ts';
import type { Limits, Sandbox, SandboxLevel, Visible } from './sandbox/sandbox.ts';
import type { RuleFolder } from './rule-folder.ts';
import { ScanRefused } from './scan-refused.ts';
import { passingNames, traceOf, type WeakSecretNames } from './secret-names.ts';

/** One scanner on one copy. */
export interface ScanJob {
  readonly scanner: Scanner;
  /** Folder of the scanned copy; only what the scanner reads, and the canary. */
  readonly copy: string;
  /** Paths in the copy, relative. */
  readonly files: readonly string[];
  readonly canary: PlacedCanary;
  readonly tool?: ReadyTool;
  readonly rules?: RuleFolder;
  /** The tool whose rules mask secrets; without it no snippets are made. */
  readonly masks?: ReadyTool;
  /** Names of the repository's weak secrets; without them each gets a new one. */
  readonly weakSecrets?: WeakSecretNames;
  /** Findings that the runner itself has to add. */
  readonly also: readonly Finding[];
  readonly slot: number;
  readonly signal?: AbortSignal;
}

export interface ScanResult extends Totals {
  /** Digest of the blob with the report lines. */
  readonly report: string;
  readonly sandbox: SandboxLevel;
}

/** What code of ours is given in a box. */
interface OwnBox {
  readonly slot: number;
  readonly masks?: ReadyTool | undefined;
  readonly signal?: AbortSignal | undefined;
}

const MiB = 1024 * 1024;

export const scanLimits: Limits = {
  wallMs: 5 * 60_000,
  cpuSeconds: 5 * 60,
  memoryBytes: 1024 * MiB,
  outputBytes: 256 * MiB,
  tmpBytes: 64 * MiB,
  processes: 256,
  openFiles: 1024,
};

/** Of all arguments together; the kernel allows 2 MiB. */
const longestCommand = MiB;

/** Runs scanners in a box, without network and credentials, and keeps what they found as a blob. */
export class ScannerRunner {
  constructor(
    readonly sandbox: Sandbox,
    private readonly blobs: Blobs,
    private readonly keys: FindingKeys,
    private readonly limits: Limits = scanLimits,
  ) {}

  /** Throws `ScanRefused` when the run gives no result that counts. */
  async run(job: ScanJob): Promise<ScanResult> {
    if (job.scanner.tool && this.sandbox.level === 'none') throw new ScanRefused('no sandbox works on this machine');
    const reader = this.startReader(job);
    const program = job.scanner.kind === 'program' ? this.startProgram(job, job.scanner, reader) : undefined;
    if (!program) reader.input.end();
    const intake = new ReportIntake((secret) => traceOf(secret, this.keys, job.weakSecrets ?? passingNames), job.canary);
    try {
      const stored = await this.blobs.put(intake.read(reader.output(), job.also));
      await this.expectSuccess(job.scanner, program, reader);
      return { ...intake.totals, report: stored.digest, sandbox: this.sandbox.level };
    } catch (error) {
      const explained = explain(job.scanner, program, reader, error);
      program?.kill('its report was refused');
      reader.kill('its report was refused');
      throw explained;
    } finally {
      await Promise.all([program?.ended, reader.ended]);
    }
  }

  /** Starts code of ours in a box: it sees itself and the rules that mask secrets, and nothing else. */
  startOwn(file: string, task: (masks: string | undefined) => object, o: OwnBox): BoxProcess {
    const visible: Visible[] = [...ownCode];
    const masks = o.masks && this.sandbox.level !== 'none' ? this.show(o.masks, 'masks', visible) : undefined;
    const argv = [...ownCommand(this.sandbox, file), JSON.stringify(task(masks))];
    return BoxProcess.start(this.sandbox, { argv, visible, env: {}, limits: this.limits, slot: o.slot }, o.signal);
  }

  private startReader(job: ScanJob): BoxProcess {
    const tree: Visible = { host: job.copy, inside: '/tree' };
    const visible: Visible[] = [...ownCode, tree];
    const task: { -readonly [K in keyof BoxTask]: BoxTask[K] } = { scanner: job.scanner.name, tree: this.sandbox.inside(tree) };
    if (job.tool && job.scanner.kind === 'own') task.tool = this.show(job.tool, 'tool', visible);
    if (job.masks && this.sandbox.level !== 'none') task.masks = this.show(job.masks, 'masks', visible);
    const argv = [...ownCommand(this.sandbox, 'box/box.worker'), JSON.stringify(task)];
    return this.start(job, { argv, visible });
  }

  private startProgram(job: ScanJob, scanner: ProgramScanner, reader: BoxProcess): BoxProcess {
    if (!job.tool) throw new ScanRefused(`${scanner.name} is not installed`);
    const tree: Visible = { host: job.copy, inside: '/tree' };
    const visible: Visible[] = [tree];
    const tool = this.show(job.tool, 'tool', visible);
    const python = job.tool.python;
    if (python && !python.home.startsWith('/usr')) visible.push({ host: python.home, inside: python.home });
    const rules = job.rules ? this.showRules(job.rules, visible) : '';
    const root = this.sandbox.inside(tree);
    const target = { tree: root, files: job.files.map((file) => posix.join(root, file)), tool, python: python?.executable ?? '', rules };
    const argv = scanner.command(target);
    if (Buffer.byteLength(argv.join(' ')) > longestCommand) throw new ScanRefused('the tree has more files for it than a command can name');
    const program = this.start(job, { argv, visible, env: scanner.environment?.(target) ?? {} });
    program.input.end();
    // Where it breaks, the endings of both processes tell why.
    void pipeline(program.output(), reader.input).catch(() => undefined);
    return program;
  }

  /** The folder above both. */
  private showRules(rules: RuleFolder, visible: Visible[]): string {
    const shown = [
      { host: rules.path, inside: '/rules/operator' },
      { host: rules.canary, inside: '/rules/canary' },
    ];
    visible.push(...shown);
    return posix.dirname(this.sandbox.inside(shown[0]!));
  }

  private show(tool: ReadyTool, as: string, visible: Visible[]): string {
    const shown: Visible = { host: tool.path, inside: `/tools/${as}` };
    visible.push(shown);
    return this.sandbox.inside(shown);
  }

  private start(
    job: ScanJob,
    box: { argv: readonly string[]; visible: readonly Visible[]; env?: Readonly<Record<string, string>> },
  ): BoxProcess {
    return BoxProcess.start(this.sandbox, { env: {}, ...box, limits: this.limits, slot: job.slot }, job.signal);
  }

  private async expectSuccess(scanner: Scanner, program: BoxProcess | undefined, reader: BoxProcess): Promise<void> {
    const failures = [failure(await program?.ended, scanner.kind === 'program' ? scanner.success : [0]), failure(await reader.ended, [0])];
    const first = failures.find((reason) => reason !== undefined);
    if (first !== undefined) throw new ScanRefused(first);
  }
}

function failure(ending: Ending | undefined, success: readonly number[]): string | undefined {
  if (!ending) return undefined;
  if (ending.how === 'killed') return ending.why;
  return success.includes(ending.code) ? undefined : `it ended with ${ending.code}`;
}

/** What became of the processes explains more than what was missing in their output. */
function explain(scanner: Scanner, program: BoxProcess | undefined, reader: BoxProcess, error: unknown): unknown {
  if (!(error instanceof ScanRefused || error instanceof LinesRefused)) return error;
  const success = scanner.kind === 'program' ? scanner.success : [0];
  const reason = program?.why ?? failure(program?.settled, success) ?? reader.why ?? error.message;
  return new ScanRefused(`${scanner.name}: ${reason}`);
}
