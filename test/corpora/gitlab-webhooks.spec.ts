import { readdirSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { findScmProvider, WebhookRefused, type Translation } from '@throughline/scm';
import { corpusFolder, corpusJson, describeCorpus } from './corpora.ts';

const { webhook } = findScmProvider('gitlab')!;

interface Told {
  readonly object_kind?: string;
  readonly event_name?: string;
  readonly after?: string;
  readonly checkout_sha?: string;
  readonly ref?: string;
  readonly project?: { readonly path_with_namespace?: string };
  readonly object_attributes?: { readonly action?: string; readonly oldrev?: string };
}

const files = (folder: string): string[] => readdirSync(corpusFolder(`webhooks/${folder}`)).map((file) => `webhooks/${folder}/${file}`);

/** As the header of the hook would name the event; the body of a system hook says it itself. */
function read(file: string): { told: Told; translation: Translation } {
  const told = corpusJson<Told>(file);
  const event = file.includes('/system-') ? 'system' : (told.object_kind ?? told.event_name ?? '').replaceAll('_', ' ');
  const site = { source: 's', baseUrl: webhook.siteOf(told) ?? 'https://nowhere.invalid' };
  return { told, translation: webhook.translate(event, told, site) };
}

function outcomeOf(file: string): string {
  try {
    const { translation } = read(file);
    // A name that a project has from now on is no fact: the host is asked whose it is.
    return 'facts' in translation ? translation.facts.map(({ type }) => type).join() || 'a name' : 'ignored';
  } catch (error) {
    if (error instanceof WebhookRefused) return 'refused';
    throw error;
  }
}

/** One record came out of a document with a space behind each name: it is refused, not guessed at. */
function expected({ object_kind, event_name, object_attributes: request }: Told): string {
  const kind = object_kind ?? event_name;
  if (kind === 'push' || kind === 'tag_push') return 'change.pushed';
  if (kind === 'project_rename' || kind === 'project_transfer') return 'a name';
  if (kind !== 'merge_request') return 'ignored';
  if (request && 'iid ' in request) return 'refused';
  if (request?.action === 'merge') return 'change.merged';
  if (request?.action === 'close') return 'change.abandoned';
  if (/approv/.test(request?.action ?? '')) return 'change.reviewed';
  const proposed = ['open', 'reopen'].includes(request?.action ?? '') || (request?.action === 'update' && request.oldrev !== undefined);
  return proposed ? 'change.proposed' : 'ignored';
}

describeCorpus('webhooks', () => {
  it('reads every recorded event of GitLab as what it says', () => {
    const all = [...files('gitlab'), ...files('go-playground/gitlab')];

    const became = all.map((file) => {
      return [file, outcomeOf(file), expected(corpusJson(file))];
    });

    expect(became.map(([file, fact]) => [file, fact])).toEqual(became.map(([file, , fact]) => [file, fact]));
    expect(all.length).toBeGreaterThan(30);
  });

  it.each(['push', 'tag_push'])('takes the commit of a recorded %s from where the payload has it', (name) => {
    const { told, translation } = read(`webhooks/gitlab/${name}.json`);

    expect(translation).toMatchObject({
      repository: { fullName: told.project?.path_with_namespace },
      facts: [{ fields: { ref: told.ref, after: told.checkout_sha } }],
    });
  });
});
