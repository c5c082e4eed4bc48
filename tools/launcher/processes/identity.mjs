import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * What tells a process from a later one with the same id.
 * @typedef {{ pid: number, startTime: string, command: string }} ProcessIdentity
 */

/** @param {number} pid @returns {ProcessIdentity | undefined} undefined when there is no such running process */
export function identityOf(pid) {
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

/** @param {ProcessIdentity | undefined} recorded true when exactly that process still runs */
export function stillRuns(recorded) {
  if (!recorded) return false;
  const now = identityOf(recorded.pid);
  return now !== undefined && now.startTime === recorded.startTime && now.command === recorded.command;
}

function fromProc(pid) {
  try {
    const fields = statOf(pid);
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
    return { pid, startTime: `${bootId()}/${fields[19]}`, command };
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return undefined;
    throw error;
  }
}

/** The fields of `/proc/<pid>/stat` after the name, which may itself hold blanks and brackets. */
function statOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** @param {number} pid @returns {number | undefined} where the system tells */
export function parentOf(pid) {
  try {
    return process.platform === 'linux' ? Number(statOf(pid)[1]) : undefined;
  } catch {
    return undefined;
  }
}

/** Start times count from the boot, so they only mean something together with it. */
function bootId() {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

function fromPs(pid) {
  try {
    const options = { encoding: /** @type {const} */ ('utf8'), env: { ...process.env, LC_ALL: 'C' }, timeout: 5_000 };
    const startTime = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], options).trim();
    const command = execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], options).trim();
    return startTime ? { pid, startTime, command } : undefined;
  } catch {
    return undefined;
  }
}
