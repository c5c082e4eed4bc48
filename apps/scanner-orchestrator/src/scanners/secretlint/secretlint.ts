import { randomBytes } from 'node:crypto';
import { secretTitle } from '@throughline/findings';
import { loadSecretRules, type FoundSecret } from '../../box/secret-rules.ts';
import type { OwnScanner, RawFinding, RawLine, Tree } from '../scanner.ts';

const largestFile = 10 * 1024 * 1024;
const configurations = /(?:^|\/)\.secretlint(?:rc(?:\.(?:json|ya?ml|js|cjs|mjs))?|ignore)$/;

/**
 * Secrets in a tree. The rules are secretlint's; the walk is ours, because its command always passes over `node_modules`,
 * ignore files and its own configuration, and obeys comments in the files that it looks at.
 */
export const secretlint: OwnScanner = {
  kind: 'own',
  name: 'secretlint',
  finds: ['secret'],
  tool: { name: 'secretlint', version: '13.0.7', installer: 'npm', present: 'node_modules/@secretlint/core/module/index.js' },
  ruleset: 'secretlint-recommend-13',
  adapter: 1,
  reads: () => true,
  nothing: 'the tree has no files',
  obeys: (path) => configurations.test(path),
  canary: {
    path: (random) => `${random}.env`,
    // Put together at run time: no file of the project may look like a leak.
    content: () => `# secretlint-disable\nTOKEN=ghp_${randomBytes(18).toString('hex')}\n`,
    expects: 'github/GITHUB_TOKEN',
  },
  scan: secretsOf,
};

async function* secretsOf(tree: Tree, toolFolder: string | undefined): AsyncIterable<RawLine> {
  if (toolFolder === undefined) throw new Error('secretlint is not installed');
  const rules = await loadSecretRules(toolFolder);
  for (const path of tree.files) {
    const content = await tree.text(path, largestFile);
    if (content === undefined) continue;
    for (const secret of await rules(path, content)) yield { finding: findingOf(secret, path, content) };
  }
}

function findingOf(secret: FoundSecret, path: string, content: string): RawFinding {
  const before = content.slice(0, secret.start).split('\n');
  return {
    class: 'secret',
    rule: `${secret.rule}/${secret.kind}`,
    title: secretTitle(secret.kind),
    severity: 'high',
    cwe: [798],
    path,
    line: before.length,
    column: before.at(-1)!.length + 1,
    secret: content.slice(secret.start, secret.end),
    ...(secret.help !== undefined && { help: secret.help }),
  };
}
