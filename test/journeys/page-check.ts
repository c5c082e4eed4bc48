import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Lists of the interface and the page of one of their items. */
const itemPages = {
  alerts: 'alerts',
  chains: 'chains',
  decisions: 'decisions',
  deliveries: 'deliveries',
  findings: 'findings',
  notifications: 'messages',
  remediations: 'fixes',
  repositories: 'repositories',
  sources: 'sources',
} as const;

const lists = [
  ...[
    'start',
    'alerts',
    'chains',
    'check-releases',
    'check-releases/new',
    'ci-issuers',
    'decisions',
    'deliveries',
    'findings',
    'deadlines',
    'fixes',
    'held-records',
    'messages',
    'outbox',
    'policies',
  ],
  ...['policies/bundles', 'policies/bundles/1', 'policies/changes', 'repositories', 'sboms', 'sboms/diff', 'sources', 'system', 'waivers'],
];

/** Every address that the dashboard has, with the ids of what there is. */
export async function everyPage(page: Page): Promise<string[]> {
  const ids = new Map<string, string>();
  for (const [noun, folder] of Object.entries(itemPages)) ids.set(folder, await firstId(page, noun));
  return [
    ...lists.map((path) => `/${path}`),
    ...[...ids].map(([folder, id]) => `/${folder}/${id}`),
    `/chains/${ids.get('chains')!}/trace`,
    `/waivers/new?policy=secret-added&decision=${ids.get('decisions')!}`,
    '/policies/secret-added',
    '/ci-issuers/github',
    '/applications/demo-shop',
    '/advisories/GHSA-xvch-5gv4-984h',
    '/alerts/00000000-0000-7000-8000-000000000000',
  ];
}

async function firstId(page: Page, noun: string): Promise<string> {
  const { items } = (await page.evaluate(async (path) => (await fetch(path)).json(), `/api/v1/${noun}?limit=1`)) as {
    readonly items: readonly { readonly id: string }[];
  };
  if (!items[0]) throw new Error(`there is nothing among the ${noun} to look at`);
  return items[0].id;
}

/** Opens a page and waits until everything on it has come. */
export async function openWhole(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.locator('h1').first().waitFor();
  await page.locator('.loading').first().waitFor({ state: 'detached' });
}

/** How much wider than the screen a page is; opened at that width, because after a resize its menu is still on its way. */
export async function overhangOf(page: Page, address: string): Promise<number> {
  await page.setViewportSize({ width: 390, height: 844 });
  await openWhole(page, address);
  return page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
}

/** What keeps people from using the page: serious and critical results of axe. Run from outside, so that the page's CSP stays as it is. */
export async function barriersOn(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const { violations } = await page.evaluate<AxeResults>("axe.run(document, { resultTypes: ['violations'] })");
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`);
}

/** What a page must not do: ask anybody else for anything, run into the content security policy, or throw. */
export function watchManners(page: Page, own: string): readonly string[] {
  const seen: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(own) && !/^(?:data|about|blob):/.test(request.url())) seen.push(`asked for ${request.url()}`);
  });
  page.on('pageerror', (error) => seen.push(`threw ${error.message}`));
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) seen.push(message.text());
  });
  return seen;
}
