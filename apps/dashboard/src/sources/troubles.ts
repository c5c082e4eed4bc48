import type { Source, SourceHooks, SourceInstallation } from '@throughline/contracts';

/** Something that keeps a source from hearing, fetching or answering. */
export interface Trouble {
  readonly what: string;
  readonly detail: string;
}

/** Of faults the interface lists no more. */
const mostListed = 50;

/** The way back to a host: who writes statuses and comments there. */
export function wayBack({ settings: { app, token } }: Pick<Source, 'settings'>): string {
  if (app !== undefined) return token ? 'an App, and a token where the App is not installed' : 'an App';
  return token ? 'a token' : 'nothing';
}

/** What is wrong with a source, the worst first. */
export function troubles(source: Source): Trouble[] {
  return [...backTroubles(source), ...(source.reach?.installations ?? []).flatMap(installationTroubles), ...countedTroubles(source)];
}

function backTroubles({ settings: { app, token }, reach }: Source): Trouble[] {
  if (app === undefined && !token)
    return [
      {
        what: 'Nothing is answered',
        detail:
          'It has neither an App nor a token: no commit gets a status, no change request a comment, and what is private cannot be fetched.',
      },
    ];
  if (app === undefined || token || reach?.installations.some(({ state }) => state === 'active')) return [];
  return reach === undefined || reach.installations.length === 0
    ? [{ what: 'The App is not known to be installed', detail: 'Install it at the host: until then it opens nothing and answers nothing.' }]
    : [{ what: 'Nothing is answered', detail: 'The App is not active anywhere, and there is no token beside it.' }];
}

function installationTroubles({ account, state, fault }: SourceInstallation): Trouble[] {
  const where = `The App at ${account}`;
  if (state === 'suspended') return [{ what: `${where} is suspended`, detail: 'Who owns it there can end that.' }];
  if (state === 'removed')
    return [{ what: `${where} was removed`, detail: 'What is known of its repositories is kept; nothing new is asked for.' }];
  return fault === undefined ? [] : [{ what: `${where} could not be asked what it may see`, detail: fault }];
}

function countedTroubles({ reach, hooks, protection }: Source): Trouble[] {
  return [
    ...counted(reach?.resting ?? 0, 'repository rests', 'repositories rest', 'Pushes that no webhook told are not looked for there.'),
    ...listed(hooks, 'webhook is not as it should be', 'webhooks are not as they should be', 'Pushes are found late.'),
    ...listed(
      protection,
      'branch is not known to require the check',
      'branches are not known to require the check',
      'What a gate says may stop no merge there.',
    ),
  ];
}

function listed(of: Pick<SourceHooks, 'faults'> | undefined, one: string, many: string, detail: string): Trouble[] {
  const { length } = of?.faults ?? [];
  return length < mostListed ? counted(length, one, many, detail) : [{ what: `${length} or more ${many}`, detail }];
}

function counted(count: number, one: string, many: string, detail: string): Trouble[] {
  return count === 0 ? [] : [{ what: count === 1 ? `1 ${one}` : `${count} ${many}`, detail }];
}
