import type { ProtectionState } from '@throughline/contracts';
import { statusContext, type Exempt, type RequiredCheck } from '@throughline/scm';

/** What is wrong with the protection of a branch. */
export interface ProtectionFault {
  readonly state: Extract<ProtectionState, 'not_required' | 'anybody' | 'another_app' | 'passed_over' | 'unknown'>;
  readonly detail: string;
}

const exemptions: Readonly<Record<Exempt, string>> = {
  administrators: 'administrators of the repository',
  pushes: 'those who push to it directly',
};

/** Why a change may get into the branch without our word, or never with it; undefined when all is well. */
export function protectionFault(branch: string, seen: RequiredCheck, app: string | undefined): ProtectionFault | undefined {
  return checkFault(branch, seen, app) ?? exemptFault(branch, seen);
}

/** Who gets a change in all the same: it is told of each merge that it was made without a pass, but nothing stops it. */
function exemptFault(branch: string, { exempt = [] }: RequiredCheck): ProtectionFault | undefined {
  const who = exempt.map((one) => exemptions[one]);
  if (who.length === 0) return undefined;
  return { state: 'passed_over', detail: `${branch} requires the check ${statusContext}, but not of ${who.join(', nor of ')}` };
}

function checkFault(branch: string, { required, apps }: RequiredCheck, app: string | undefined): ProtectionFault | undefined {
  if (!required) {
    const detail = `${branch} takes changes without the check ${statusContext}: require it, or nothing that we say stops a merge`;
    return { state: 'not_required', detail };
  }
  if (apps === undefined || (app !== undefined && apps.includes(app))) return undefined;
  const takes = `${branch} takes the check ${statusContext} from`;
  if (apps.length > 0) {
    const ours = app === undefined ? 'this source has no App' : `the App of this source is ${app}`;
    const named = apps.slice(0, 5).join(', ');
    return { state: 'another_app', detail: `${takes} the App ${named} only, and ${ours}: what we say does not count there` };
  }
  const then = app === undefined ? 'make an App of the source, and choose it there' : 'choose our App there';
  return { state: 'anybody', detail: `${takes} anybody who may write to the repository: ${then} as the source of the check` };
}
