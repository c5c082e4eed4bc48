import { ActionIcon, AppShell, Burger, Button, Group, Text, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { Link, useLocation } from 'react-router';
import type { Me } from '@throughline/contracts';
import { ApiError, call } from './api.ts';
import { Pages } from './pages.tsx';
import { useMe } from './session/me.ts';
import { SignIn } from './session/sign-in.tsx';
import { PageFailure, Loading } from './ui/state.tsx';

const menu = [
  {
    title: 'Work',
    pages: [
      { path: '/start', label: 'What to do next' },
      { path: '/alerts', label: 'Alerts' },
      { path: '/findings', label: 'Findings' },
      { path: '/deadlines', label: 'Deadlines' },
      { path: '/fixes', label: 'Fixes' },
      { path: '/waivers', label: 'Exceptions' },
    ],
  },
  {
    title: 'What happened',
    pages: [
      { path: '/chains', label: 'Chains' },
      { path: '/decisions', label: 'Decisions' },
      { path: '/repositories', label: 'Repositories' },
      { path: '/sboms', label: 'SBOMs' },
    ],
  },
  {
    title: 'Platform',
    pages: [
      { path: '/sources', label: 'Sources' },
      { path: '/deliveries', label: 'Deliveries' },
      { path: '/messages', label: 'Messages' },
      { path: '/outbox', label: 'Outbox' },
      { path: '/policies', label: 'Policies' },
      { path: '/ci-issuers', label: 'CI issuers' },
      { path: '/held-records', label: 'Held records' },
      { path: '/system', label: 'System' },
    ],
  },
] as const;

/** Frame of every page; shows the sign-in form until there is a session. */
export function App() {
  const me = useMe();

  if (me.isPending) return <Loading what="your session" />;
  if (me.error instanceof ApiError && me.error.status === 401) return <SignIn />;
  if (me.error) return <PageFailure error={me.error} retry={() => void me.refetch()} />;
  return <Frame me={me.data} />;
}

function Frame({ me }: { readonly me: Me }) {
  const [open, { toggle, close }] = useDisclosure(false);
  const main = useFocusOnArrival();
  return (
    <AppShell header={{ height: 52 }} navbar={{ width: 200, breakpoint: 'sm', collapsed: { mobile: !open } }} padding="md">
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <Burger opened={open} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Menu" aria-expanded={open} />
            <img src="/icon.svg" width={24} height={24} alt="" />
            <Text fw={650}>Throughline</Text>
          </Group>
          <Group gap="sm" wrap="nowrap">
            <Text size="sm" c="dimmed" visibleFrom="xs" truncate>
              {me.name}
            </Text>
            <SchemeSwitch />
            <SignOut />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" style={{ overflowY: 'auto' }}>
        <Menu close={close} />
      </AppShell.Navbar>
      <AppShell.Main id="content" ref={main} tabIndex={-1}>
        <div className="page">
          <Pages />
        </div>
      </AppShell.Main>
    </AppShell>
  );
}

function Menu({ close }: { readonly close: () => void }) {
  const { pathname } = useLocation();
  return (
    <nav aria-label="Pages">
      {menu.map(({ title, pages }) => (
        <div key={title} className="menu-part">
          <p>{title}</p>
          {pages.map(({ path, label }) => {
            const here = pathname === path || pathname.startsWith(`${path}/`);
            return (
              <Link key={path} to={path} aria-current={here ? 'page' : undefined} onClick={close}>
                {label}
              </Link>
            );
          })}
        </div>
      ))}
    </nav>
  );
}

/** After a change of page the keyboard and the screen reader start at its top; not on the first one, nor when only filters change. */
function useFocusOnArrival() {
  const { pathname } = useLocation();
  const main = useRef<HTMLElement>(null);
  const before = useRef(pathname);
  useEffect(() => {
    if (before.current === pathname) return;
    before.current = pathname;
    main.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [pathname]);
  return main;
}

function SchemeSwitch() {
  const scheme = useComputedColorScheme('light');
  const { setColorScheme } = useMantineColorScheme();
  const next = scheme === 'light' ? 'dark' : 'light';
  return (
    <ActionIcon variant="default" aria-label={`Use the ${next} theme`} onClick={() => setColorScheme(next)}>
      {scheme === 'light' ? '◐' : '◑'}
    </ActionIcon>
  );
}

function SignOut() {
  const queries = useQueryClient();
  return (
    <Button
      variant="subtle"
      size="compact-sm"
      onClick={() => void call('DELETE', 'session').finally(() => queries.resetQueries({ queryKey: ['me'] }))}
    >
      Sign out
    </Button>
  );
}
