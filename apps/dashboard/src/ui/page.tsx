import { Group, Paper, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';

interface HeadProps {
  readonly title: string;
  /** Where it belongs: a list and the way back to it. */
  readonly above?: { readonly to: string; readonly label: string };
  readonly tags?: ReactNode;
  readonly actions?: ReactNode;
  readonly children?: ReactNode;
}

/** Top of a page: way back, title, how it stands, what can be done. */
export function PageHead({ title, above, tags, actions, children }: HeadProps) {
  return (
    <header className="page-head">
      <title>{`${title} · Throughline`}</title>
      {above && (
        <nav aria-label="Way back">
          <Link to={above.to}>{above.label}</Link> <span aria-hidden>/</span>
        </nav>
      )}
      <Group justify="space-between" align="flex-start" gap="sm">
        <div className="page-title">
          <Title order={1} size="h2">
            {title}
          </Title>
          {tags && <Group gap={6}>{tags}</Group>}
        </div>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      {children && <div className="lead">{children}</div>}
    </header>
  );
}

/** A titled part of a page. */
export function Panel({ title, aside, children }: { readonly title: string; readonly aside?: ReactNode; readonly children: ReactNode }) {
  return (
    <Paper withBorder component="section" aria-label={title} className="panel">
      <Group justify="space-between" align="flex-start" gap="sm" wrap="nowrap" className="panel-head">
        <Title order={2} size="h5">
          {title}
        </Title>
        {aside}
      </Group>
      {children}
    </Paper>
  );
}

/** The main column and, beside it on wide screens, what is only looked up. */
export function Columns({ main, aside }: { readonly main: ReactNode; readonly aside: ReactNode }) {
  return (
    <div className="columns">
      <div className="column">{main}</div>
      <div className="column">{aside}</div>
    </div>
  );
}

/** Names and values; an entry without a value is left out. */
export function Facts({ of }: { readonly of: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="facts">
      {of
        .filter(([, value]) => value !== undefined && value !== null && value !== '' && value !== false)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
