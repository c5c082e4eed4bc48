import type { Severity } from '@throughline/contracts';

type Fields = Readonly<Record<string, unknown>>;

/** One thing that a pod should not do. */
export interface Check {
  readonly rule: string;
  readonly title: string;
  readonly description: string;
  readonly severity: Severity;
  readonly cwe: number;
  /** Path below the pod's `spec`. */
  readonly at: readonly (string | number)[];
  readonly container?: string;
}

const mostContainers = 100;

/** All that is wrong with a pod's `spec`. */
export function checksOf(spec: Fields): readonly Check[] {
  const security = fieldsOf(spec['securityContext']);
  const found = [...podChecks(spec)];
  for (const list of ['initContainers', 'containers']) {
    const containers = Array.isArray(spec[list]) ? (spec[list] as unknown[]).slice(0, mostContainers) : [];
    containers.forEach((container, index) => found.push(...containerChecks(fieldsOf(container), [list, index], security)));
  }
  return found;
}

function* podChecks(spec: Fields): Iterable<Check> {
  for (const field of ['hostNetwork', 'hostPID', 'hostIPC']) {
    if (spec[field] !== true) continue;
    yield {
      rule: 'host-namespace',
      title: `The pod shares the host's ${field.slice('host'.length).toLowerCase()} namespace`,
      description: `Remove ${field}: what runs here sees, or reaches, what belongs to the node.`,
      ...{ severity: 'high', cwe: 250, at: [field] },
    };
  }
  const volumes = Array.isArray(spec['volumes']) ? (spec['volumes'] as unknown[]).slice(0, mostContainers) : [];
  for (const [index, volume] of volumes.entries()) {
    if (fieldsOf(volume)['hostPath'] === undefined) continue;
    yield {
      rule: 'host-path-volume',
      title: 'The pod mounts a folder of the host',
      description: 'Use a volume of the cluster instead of hostPath.',
      ...{ severity: 'medium', cwe: 668, at: ['volumes', index, 'hostPath'] },
    };
  }
}

function* containerChecks(container: Fields, at: readonly (string | number)[], pod: Fields): Iterable<Check> {
  const own = fieldsOf(container['securityContext']);
  const name = typeof container['name'] === 'string' ? container['name'].slice(0, 63) : 'unnamed';
  const place = { at: [...at, 'securityContext'], container: name };
  if (own['privileged'] === true) {
    yield {
      rule: 'privileged-workload',
      title: 'The container is privileged',
      description: 'A privileged container can do on the node whatever root can. Remove privileged: true.',
      ...{ severity: 'high', cwe: 250, ...place, at: [...place.at, 'privileged'] },
    };
  } else if (own['allowPrivilegeEscalation'] === true) {
    yield {
      rule: 'privilege-escalation',
      title: 'The container may gain more rights than it starts with',
      description: 'Set allowPrivilegeEscalation: false.',
      ...{ severity: 'medium', cwe: 269, ...place, at: [...place.at, 'allowPrivilegeEscalation'] },
    };
  }
  if (runsAsRoot(own, pod)) {
    yield {
      rule: 'root-container',
      title: 'The container runs as root',
      description: 'Set runAsNonRoot: true and a runAsUser above 0.',
      ...{ severity: 'medium', cwe: 250, ...place },
    };
  }
}

/** Said outright; what the manifest leaves open is decided by the image. */
function runsAsRoot(own: Fields, pod: Fields): boolean {
  const user = own['runAsUser'] ?? pod['runAsUser'];
  const nonRoot = own['runAsNonRoot'] ?? pod['runAsNonRoot'];
  return user === 0 || (user === undefined && nonRoot === false);
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}
