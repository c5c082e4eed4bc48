import { bold, say } from '../terminal.mjs';

/**
 * Says what a start is going to fetch, before it does.
 * @param {import('./prerequisites.mjs').Fetch[]} fetches
 */
export function announce(fetches) {
  if (fetches.length === 0) return;
  const total = fetches.reduce((sum, { megabytes }) => sum + megabytes, 0);
  say(bold('This start fetches once:'));
  for (const { what, megabytes, how } of fetches) say(`  ${what.padEnd(20)} ${String(megabytes).padStart(4)} MB  ${how}`);
  say(`  ${'together'.padEnd(20)} ${String(total).padStart(4)} MB`);
  say('It takes 2 to 5 minutes on two cores, 1.5 GB of disk, and 1.5 GB of memory while it runs.');
  say();
}
