import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BoxProcess } from './box-process.ts';
import { Bubblewrap } from './bubblewrap.ts';
import { Namespaces } from './namespaces.ts';
import { ProbedHost } from './probed-host.ts';
import type { ProbeTask } from './probe.ts';
import type { Limits, Sandbox, Visible } from './sandbox.ts';
import { Unboxed } from './unboxed.ts';

/** The strongest sandbox that works here, and why the others do not. */
export class FoundSandbox {
  constructor(
    readonly sandbox: Sandbox,
    readonly refused: readonly string[],
  ) {}
}

/** What the probe, like every scan, needs to see in a box. */
export interface ProbePlace {
  /** A folder of the platform; nothing in it may be seen from a box. */
  readonly workDir: string;
  /** An empty folder on which boxes are mounted. */
  readonly mountPoint: string;
  /** Node and our own code, the folder of the code last. */
  readonly visible: readonly Visible[];
  /** Command that runs the probe, seen from inside. */
  readonly command: (sandbox: Sandbox) => readonly string[];
}

const limits: Limits = {
  wallMs: 15_000,
  cpuSeconds: 10,
  memoryBytes: 512 * 1024 * 1024,
  outputBytes: 64 * 1024,
  tmpBytes: 1024 * 1024,
  processes: 64,
  openFiles: 256,
};

/**
 * Finds it by effect: a probe in each box tries what must not be possible. Both need namespaces. Landlock is no rung: it bounds
 * neither datagrams and sockets nor the disk, and what it holds outlives its parent (docs/scanners.md says what was tried).
 */
export async function findSandbox(place: ProbePlace, isRoot = process.getuid?.() === 0): Promise<FoundSandbox> {
  const refused: string[] = [];
  for (const find of [() => Namespaces.find(place.mountPoint, isRoot), () => Bubblewrap.find(isRoot)]) {
    const sandbox = await find();
    if (!sandbox) continue;
    const escapes = await probe(sandbox, place);
    if (escapes === undefined) return new FoundSandbox(sandbox, refused);
    refused.push(`${sandbox.means}: ${escapes}`);
  }
  return new FoundSandbox(new Unboxed(), refused.length > 0 ? refused : ['neither unshare nor bubblewrap is here']);
}

/** Undefined when the box holds; else what was possible in it, or why it did not start. */
export async function probe(sandbox: Sandbox, place: ProbePlace): Promise<string | undefined> {
  const folder = await mkdtemp(join(place.workDir, 'probe-'));
  const host = await ProbedHost.open(join(folder, 's'));
  try {
    const secretFile = join(folder, 'secret');
    await writeFile(secretFile, 'a secret of the platform', { mode: 0o644 });
    const { port, socket } = host;
    const answer = await outcome(sandbox, place, { secretFile, port, socket, readOnly: sandbox.inside(place.visible.at(-1)!) });
    if (typeof answer === 'string') return answer;
    const escapes = [...answer, ...(host.datagrams > 0 ? ['send a datagram to the host'] : [])];
    return escapes.length === 0 ? undefined : `a process in it can ${escapes.join(', ')}`;
  } finally {
    host.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function outcome(sandbox: Sandbox, { visible, command }: ProbePlace, task: ProbeTask): Promise<string | readonly string[]> {
  const argv = [...command(sandbox), JSON.stringify(task)];
  const box = BoxProcess.start(sandbox, { argv, env: {}, visible, limits, slot: 0 });
  box.input.end();
  let answer = '';
  for await (const chunk of box.output()) answer += Buffer.from(chunk).toString('utf8');
  const ending = await box.ended;
  if (ending.how === 'killed') return ending.why;
  return ending.code === 0 ? (JSON.parse(answer) as string[]) : `it ends with ${ending.code}`;
}
