import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { BoxProcess } from './box-process.ts';
import { Bubblewrap } from './bubblewrap.ts';
import { Namespaces } from './namespaces.ts';
import type { ProbeTask } from './probe.ts';
import type { Limits, Sandbox, Visible } from './sandbox.ts';
import { treeMemory } from './process-tree.ts';
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

/** Finds it by effect: a probe in each box tries what must not be possible. */
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
  const servers: Server[] = [];
  try {
    const secretFile = join(folder, 'secret');
    await writeFile(secretFile, 'a secret of the platform', { mode: 0o644 });
    const port = await listen(servers, 0);
    const socket = join(folder, 's');
    await listen(servers, socket);
    const task: ProbeTask = { secretFile, port, socket, readOnly: sandbox.inside(place.visible.at(-1)!) };
    return await outcome(sandbox, place, task);
  } finally {
    for (const server of servers) server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function outcome(sandbox: Sandbox, { visible, command }: ProbePlace, task: ProbeTask): Promise<string | undefined> {
  const argv = [...command(sandbox), JSON.stringify(task)];
  const box = BoxProcess.start(sandbox, { argv, env: {}, visible, limits, slot: 0 });
  box.input.end();
  let answer = '';
  let memory = 0;
  for await (const chunk of box.output()) {
    answer += Buffer.from(chunk).toString('utf8');
    memory = Math.max(memory, box.pid === undefined ? 0 : await treeMemory(box.pid));
  }
  const ending = await box.ended;
  if (ending.how === 'killed') return ending.why;
  if (ending.code !== 0) return `it ends with ${ending.code}`;
  const escapes = JSON.parse(answer) as string[];
  return escapes.length === 0 ? undefined : `a process in it can ${escapes.join(', ')}`;
}

function listen(servers: Server[], at: number | string): Promise<number> {
  const server = createServer((socket) => socket.destroy());
  servers.push(server);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    const ready = (): void => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    };
    if (typeof at === 'number') server.listen(at, '127.0.0.1', ready);
    else server.listen(at, ready);
  });
}
