import { readdir, readFile } from 'node:fs/promises';

const mostProcesses = 2000;

/** Resident memory of a process and all below it, in bytes; 0 where the system does not tell. */
export async function treeMemory(pid: number): Promise<number> {
  let total = 0;
  const open = [pid];
  for (let seen = 0; open.length > 0 && seen < mostProcesses; seen += 1) {
    const next = open.pop()!;
    const [memory, children] = await Promise.all([residentBytes(next), childrenOf(next)]);
    total += memory;
    open.push(...children);
  }
  return total;
}

async function residentBytes(pid: number): Promise<number> {
  const status = await textOf(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}

/** The processes that a process started and that are still there. */
export async function childrenOf(pid: number): Promise<readonly number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = await Promise.all(threads.map((thread) => textOf(`/proc/${pid}/task/${thread}/children`)));
  return lists.flatMap((list) => list.split(' ').flatMap((text) => (text.trim() === '' ? [] : [Number(text)])));
}

async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
