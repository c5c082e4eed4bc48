import { repositoryId, RepositoryAddressRefused, type ApplicationDocument } from '@throughline/contracts';
import { tierDefaults, toleranceOf, type Stance, type Tolerance } from '@throughline/policy';
import { Problem, type Fault } from '@throughline/service';

/** An application as it is kept: nothing left out, repositories by their canonical ids. */
export interface ApplicationState {
  readonly team: string;
  readonly tier: Stance['tier'];
  readonly dataClass: string;
  readonly exposure: Stance['exposure'];
  readonly distribute?: boolean;
  readonly deadlines: Tolerance['deadlines'];
  readonly stages: readonly string[];
  readonly repositories: readonly string[];
  readonly images: readonly string[];
  readonly owners: readonly string[];
  readonly runbook?: string;
  readonly tags: readonly string[];
}

/** Completes what was sent; throws `Problem` 400 that points at each address that is none. */
export function stateOf(document: ApplicationDocument): ApplicationState {
  return {
    team: document.team,
    tier: document.tier,
    dataClass: document.dataClass ?? 'unknown',
    exposure: document.exposure ?? 'unknown',
    ...(document.distribute === undefined ? {} : { distribute: document.distribute }),
    deadlines: { ...tierDefaults[document.tier].deadlines, ...given(document.deadlines ?? {}) },
    stages: document.stages ?? [],
    repositories: repositoriesOf(document.repositories ?? []),
    images: [...new Set(document.images ?? [])].sort(),
    owners: document.owners ?? [],
    ...(document.runbook === undefined ? {} : { runbook: document.runbook }),
    tags: document.tags ?? [],
  };
}

/** As people read it before they approve it, and as it is then kept: word for word the same. */
export function textOfApplication(state: ApplicationState): string {
  return JSON.stringify(state, null, 2);
}

/** What `textOfApplication` wrote down. */
export function applicationIn(text: string): ApplicationState {
  return JSON.parse(text) as ApplicationState;
}

/** What the application says about itself. */
export function stanceOf(name: string, { tier, exposure, dataClass, distribute }: ApplicationState): Stance {
  return { application: name, tier, exposure, dataClass, ...(distribute !== undefined && { distribute }) };
}

/** How much risk the application takes. */
export function toleranceFrom(name: string, state: ApplicationState): Tolerance {
  return { ...toleranceOf(stanceOf(name, state)), deadlines: state.deadlines };
}

function repositoriesOf(addresses: readonly string[]): readonly string[] {
  const faults: Fault[] = [];
  const ids = addresses.map((address, index) => {
    try {
      return repositoryId(address);
    } catch (error) {
      if (!(error instanceof RepositoryAddressRefused)) throw error;
      faults.push({ pointer: `/repositories/${index}`, detail: error.message });
      return '';
    }
  });
  if (faults.length > 0) throw new Problem(400, 'invalid', 'what was sent is not valid', faults.slice(0, 50));
  return [...new Set(ids)].sort();
}

function given<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}
