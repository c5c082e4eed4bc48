import type { Severity } from '@throughline/contracts';
import type { RawFinding } from '../../raw.ts';
import { attribute, children, childText, type XmlElement } from '../../xml/xml-element.ts';
import { xmlItems, type SeenElements } from '../../xml/xml-items.ts';
import { advisoryIds, cwesIn, present, rejected, textOf, webAddress } from '../fields.ts';
import type { OpenReport, ReadLine, ReportReader } from '../reader.ts';
import { ReportRefused } from '../report-refused.ts';

const host = '/NessusClientData_v2/Report/ReportHost';
const severities: Readonly<Record<string, Severity>> = { 0: 'info', 1: 'low', 2: 'medium', 3: 'high', 4: 'critical' };

/**
 * The `.nessus` file of Nessus and Tenable. A plugin that tests for several advisories has a finding for each, named as the
 * CSV export names it. Its output is not read: it quotes what the host answers, also secrets.
 */
export const nessus: ReportReader = {
  name: 'nessus',
  title: 'Nessus XML',
  finds: ['code'],
  passes: 1,
  marks: ['/NessusClientData_v2'],
  recognises: (head) => head.has('/NessusClientData_v2'),
  read,
};

async function* read(open: OpenReport): AsyncIterable<ReadLine> {
  const seen: SeenElements = new Set();
  let name: string | undefined;
  for await (const { selector, path, element } of xmlItems(open(), [`${host}/@`, `${host}/ReportItem`], { seen })) {
    // Items follow within their host.
    if (selector === `${host}/@`) name = textOf(attribute(element, 'name'), 300);
    else yield* linesOf(element, name, path);
  }
  if (!seen.has('/NessusClientData_v2/Report')) throw new ReportRefused('this is no report of Nessus', { pointer: '', line: 1, column: 1 });
}

function* linesOf(item: XmlElement, name: string | undefined, path: readonly string[]): Iterable<ReadLine> {
  const plugin = textOf(attribute(item, 'pluginID'), 50);
  if (plugin === undefined || name === undefined) {
    yield rejected(path, `line ${item.line}: an item names its plugin (pluginID), and its host has a name`);
    return;
  }
  // One by one: an update of a distribution has more than the twenty that a finding keeps.
  const advisories = [...new Set(children(item, 'cve', 500).flatMap(({ text }) => advisoryIds(text)))];
  const place = `${name}:${attribute(item, 'port') ?? '0'}/${attribute(item, 'protocol') ?? 'tcp'}`;
  for (const rule of advisories.length > 0 ? advisories : [`nessus-${plugin}`]) yield { finding: findingOf(item, rule, plugin, place) };
}

function findingOf(item: XmlElement, rule: string, plugin: string, place: string): RawFinding {
  const texts = ['synopsis', 'description'].flatMap((name) => textOf(childText(item, name), 1000) ?? []);
  return present<RawFinding>({
    class: 'code',
    rule,
    title: textOf(attribute(item, 'pluginName'), 300) ?? `Plugin ${plugin}`,
    severity: severities[attribute(item, 'severity') ?? ''] ?? 'medium',
    description: textOf(texts.join('\n'), 2000),
    cwe: cwesIn(children(item, 'cwe', 20).map(({ text }) => text)),
    help: webAddress(...(childText(item, 'see_also')?.split(/\s+/, 5) ?? [])),
    resource: place.slice(0, 500),
  });
}
