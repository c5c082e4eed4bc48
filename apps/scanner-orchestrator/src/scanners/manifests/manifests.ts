import { posix } from 'node:path';
import type { OwnScanner, RawLine, Tree } from '../scanner.ts';
import { isDockerfile, rootImage } from './dockerfile.ts';
import { workloadFindings } from './workloads.ts';

const largestFile = 4 * 1024 * 1024;

/** What runs with more rights than it needs: Kubernetes workloads, and images that end as root. */
export const manifests: OwnScanner = {
  kind: 'own',
  name: 'manifests',
  finds: ['configuration'],
  ruleset: 'manifests-1',
  adapter: 1,
  reads: (path) => isDockerfile(path) || (/\.(?:ya?ml|json)$/i.test(path) && !isForeign(path)),
  nothing: 'the tree has no Dockerfile, YAML or JSON file',
  canary: {
    path: (random) => `${random}.yaml`,
    content: () =>
      'apiVersion: v1\nkind: Pod\nmetadata: {name: canary}\nspec: {containers: [{name: c, image: c, securityContext: {privileged: true}}]}\n',
    expects: 'privileged-workload',
  },
  scan,
};

/** Folders and files that hold much YAML or JSON, and never a workload. */
function isForeign(path: string): boolean {
  return path.startsWith('.github/') || /(?:^|\/)node_modules\//.test(path) || /(?:^|\/)(?:package-lock\.json|pnpm-lock\.yaml)$/.test(path);
}

async function* scan(tree: Tree): AsyncIterable<RawLine> {
  for (const path of tree.files) {
    const text = await tree.text(path, largestFile);
    if (text === undefined) continue;
    if (isDockerfile(posix.basename(path))) {
      const finding = rootImage(path, text);
      if (finding) yield { finding };
    } else if (mayHoldWorkloads(text)) {
      for (const finding of await workloadFindings(path, text)) yield { finding };
    }
  }
}

/** Parsing every YAML file would take long: a workload names its kind and its API version. */
function mayHoldWorkloads(text: string): boolean {
  return text.includes('apiVersion') && text.includes('kind');
}
