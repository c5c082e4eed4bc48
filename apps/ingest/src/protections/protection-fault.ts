import { statusContext, type RequiredCheck } from '@throughline/scm';

/** Why a change may get into the branch without our word, or never with it; undefined when all is well. */
export function protectionFault(branch: string, { required, apps }: RequiredCheck, app: string | undefined): string | undefined {
  if (!required) return `${branch} takes changes without the check ${statusContext}: require it, or nothing that we say stops a merge`;
  if (apps === undefined || (app !== undefined && apps.includes(app))) return undefined;
  if (apps.length > 0) {
    const ours = app === undefined ? 'this source has no App' : `the App of this source is ${app}`;
    return `${branch} takes the check ${statusContext} from the App ${apps.slice(0, 5).join(', ')} only, and ${ours}: what we say does not count there`;
  }
  const then = app === undefined ? 'make an App of the source, and choose it there' : 'choose our App there';
  return `${branch} takes the check ${statusContext} from anybody who may write to the repository: ${then} as the source of the check`;
}
