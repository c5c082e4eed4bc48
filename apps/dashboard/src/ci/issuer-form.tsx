import { Button, Fieldset, Group, Select, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { CiIssuer } from '@throughline/contracts';
import { call } from '../api.ts';
import { Panel } from '../ui/page.tsx';
import { Failure } from '../ui/state.tsx';
import {
  claimNames,
  documentOf,
  draftOf,
  kinds,
  newDraft,
  noRepository,
  ofKind,
  type IssuerDraft,
  type RepositoryDraft,
} from './issuer-draft.ts';

interface FormProps {
  /** The one that is changed; a new one when absent. */
  readonly known?: CiIssuer;
  /** What the form begins with: an earlier version that is taken up again. */
  readonly begin?: CiIssuer;
  readonly done: (saved: CiIssuer) => void;
  readonly cancel: () => void;
}

/** Says whose jobs may come in. The version that was seen goes along, so that nobody overwrites another's word unseen. */
export function IssuerForm({ known, begin = known, done, cancel }: FormProps) {
  const [draft, setDraft] = useState<IssuerDraft>(() => (begin ? draftOf(begin) : newDraft()));
  const queries = useQueryClient();
  const save = useMutation({
    mutationFn: () => {
      const seen = known ? { 'if-match': `"${known.version}"` } : undefined;
      return call<CiIssuer>('PUT', `ci-issuers/${encodeURIComponent(draft.name.trim())}`, documentOf(draft), seen);
    },
    onSuccess: (saved) => {
      queries.setQueryData(['ci-issuer', saved.name], saved);
      void queries.invalidateQueries({ queryKey: ['list'] });
      done(saved);
    },
  });
  const text = (name: 'name' | 'issuer' | 'audience') => ({
    value: draft[name],
    onChange: (event: { readonly currentTarget: { readonly value: string } }) => setDraft({ ...draft, [name]: event.currentTarget.value }),
  });
  return (
    <Panel title={known ? `Change ${known.name}` : 'Add a CI issuer'}>
      <form
        className="fields"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        {!known && <TextInput label="Name" description="Lower-case words joined by hyphens." required maxLength={100} {...text('name')} />}
        <Select
          label="Build system"
          data={kinds.map(({ value, label }) => ({ value, label }))}
          value={draft.kind}
          onChange={(kind) => kind && setDraft(ofKind(draft, kind))}
          allowDeselect={false}
        />
        <TextInput
          label="Issuer"
          description="The iss of its tokens, to the letter."
          required
          type="url"
          maxLength={512}
          {...text('issuer')}
        />
        <TextInput label="Audience" description="Left empty: the public address of the platform." maxLength={512} {...text('audience')} />
        {draft.kind === 'oidc' && <Claims draft={draft} change={setDraft} />}
        <Repositories draft={draft} change={setDraft} />
        {save.error && <Failure error={save.error} />}
        <Group>
          <Button type="submit" loading={save.isPending}>
            Save
          </Button>
          <Button variant="default" onClick={cancel}>
            Cancel
          </Button>
        </Group>
      </form>
    </Panel>
  );
}

interface PartProps {
  readonly draft: IssuerDraft;
  readonly change: (draft: IssuerDraft) => void;
}

function Claims({ draft, change }: PartProps) {
  return (
    <Fieldset legend="Claims that say what a job runs on">
      <div className="fields two">
        {claimNames.map((name) => (
          <TextInput
            key={name}
            label={name}
            maxLength={100}
            value={draft.claims[name] ?? ''}
            onChange={({ currentTarget: { value } }) => change({ ...draft, claims: { ...draft.claims, [name]: value } })}
          />
        ))}
      </div>
    </Fieldset>
  );
}

function Repositories({ draft, change }: PartProps) {
  const { repositories } = draft;
  const put = (at: number, repository: RepositoryDraft): void =>
    change({ ...draft, repositories: repositories.map((one, index) => (index === at ? repository : one)) });
  return (
    <>
      {repositories.map((repository, index) => (
        <Fieldset key={index} legend={`Repository ${index + 1}`}>
          <RepositoryFields repository={repository} change={(changed) => put(index, changed)} />
          {repositories.length > 1 && (
            <Button
              size="compact-sm"
              variant="default"
              mt="xs"
              onClick={() => change({ ...draft, repositories: repositories.filter((_, at) => at !== index) })}
            >
              Take repository {index + 1} out
            </Button>
          )}
        </Fieldset>
      ))}
      <Group>
        <Button size="compact-sm" variant="default" onClick={() => change({ ...draft, repositories: [...repositories, noRepository] })}>
          Another repository
        </Button>
      </Group>
    </>
  );
}

const fields = [
  { name: 'repository', label: 'Clone URL', description: 'As the repository is known here.', lines: false },
  { name: 'repositoryId', label: 'Id of the repository', description: 'repository_id of GitHub, project_id of GitLab.', lines: false },
  { name: 'ownerId', label: 'Id of its owner', description: 'repository_owner_id of GitHub, namespace_id of GitLab.', lines: false },
  {
    name: 'protectedRefs',
    label: 'Protected refs',
    description: 'One a line, such as refs/heads/main. Left empty: what the build system calls protected.',
    lines: true,
  },
  {
    name: 'workflows',
    label: 'Workflows',
    description: 'One a line, to the letter. Left empty: jobs of any workflow count beyond the change gate.',
    lines: true,
  },
] as const;

interface RepositoryFieldsProps {
  readonly repository: RepositoryDraft;
  readonly change: (repository: RepositoryDraft) => void;
}

function RepositoryFields({ repository, change }: RepositoryFieldsProps) {
  return (
    <div className="fields">
      {fields.map(({ name, label, description, lines }) => {
        const common = {
          label,
          description,
          value: repository[name],
          onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
            change({ ...repository, [name]: event.currentTarget.value }),
        };
        return lines ? (
          <Textarea key={name} minRows={1} autosize {...common} />
        ) : (
          <TextInput key={name} required maxLength={2048} {...common} />
        );
      })}
    </div>
  );
}
