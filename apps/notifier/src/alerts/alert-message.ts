import { chainIdOf } from '@throughline/contracts';
import { line, strong, type AlertMessage, type Line, type Link, type Section } from '../channels/message.ts';
import { blockingFindings, doNow, unknowns, whatWeKnow, whyItBlocks } from './alert-sections.ts';
import { shortLine, shortRepository, type LineOfWork } from './line-of-work.ts';
import type { AlertStory } from './story.ts';
import { count, linkTo, utc } from './words.ts';

/** The title that an alert keeps for life. */
export function alertTitle(change: LineOfWork & { readonly name?: string }, denied: boolean): string {
  const what = denied ? 'change blocked' : 'change could not be judged';
  return `${change.name ?? shortRepository(change.repository)} ${shortLine(change.line)}: ${what}`;
}

/** Tells an alert: what and where, what is known, why it blocks, what to do, what is not known. */
export function alertMessage(story: AlertStory): AlertMessage {
  return {
    kind: 'alert',
    alert: story.alert,
    state: story.state,
    priority: story.priority,
    severity: story.severity,
    application: story.application.name,
    subject: story.title,
    headline: headlineOf(story),
    summary: summaryOf(story),
    standing: standingOf(story),
    sections: story.state === 'resolved' ? resolvedSections(story) : openSections(story),
    footer: footerOf(story),
    links: linksOf(story),
    page: linkTo(story.publicUrl, 'alerts', story.alert),
    since: story.since,
  };
}

function headlineOf(story: AlertStory): string {
  if (story.state === 'resolved') return `RESOLVED  ${story.title}`;
  const acknowledged = story.state === 'acknowledged' ? ` · ACKNOWLEDGED by ${story.acknowledgedBy ?? 'somebody'}` : '';
  return `${story.priority}  ${story.title}${acknowledged}`;
}

function summaryOf(story: AlertStory): string {
  if (story.state === 'resolved') return `${story.title}. Resolved: ${story.resolution ?? 'its cause is gone'}`;
  const { named, total } = blockingFindings(story.decisions);
  const reasons = story.decisions.flatMap((decision) => [...decision.reasons.map((reason) => reason.message), ...decision.missing]);
  const why = total > 0 ? `${count(total, 'finding blocks', 'findings block')}, first: ${named[0]?.title ?? ''}` : (reasons[0] ?? '');
  return `${story.priority} ${story.title}. ${why}`.trim();
}

function standingOf(story: AlertStory): Line {
  const { application, change } = story;
  const parts: Line[] = [line(`Since ${utc(story.since)}`)];
  if (change.by) parts.push(line('by ', strong(change.by)));
  if (story.state !== 'resolved') parts.push(...countsOf(story));
  parts.push(line('application ', strong(application.name)));
  const risk = [application.tier, application.exposure === 'internet' ? 'internet-facing' : application.exposure]
    .filter(Boolean)
    .join(', ');
  if (risk) parts.push(line(risk));
  if (application.team) parts.push(line('team ', strong(application.team)));
  return joined(parts);
}

function countsOf(story: AlertStory): readonly Line[] {
  const { total } = blockingFindings(story.decisions);
  const older = Math.max(0, ...story.decisions.map((decision) => decision.older));
  return [
    ...(total > 0 ? [line(count(total, 'finding blocks', 'findings block'))] : []),
    ...(older > 0 ? [line(count(older, 'older finding does not count', 'older findings do not count'))] : []),
  ];
}

function openSections(story: AlertStory): readonly Section[] {
  const sections: readonly Section[] = [
    { title: 'What we know', lines: whatWeKnow(story.decisions) },
    { title: 'Why it blocks', lines: whyItBlocks(story.decisions) },
    { title: 'Do now', numbered: true, lines: doNow(story) },
    { title: 'What we do not know', lines: unknowns(story) },
  ];
  return sections.filter((section) => section.lines.length > 0);
}

function resolvedSections(story: AlertStory): readonly Section[] {
  return [{ title: 'What ended it', lines: [line(story.resolution ?? 'Its cause is gone')] }];
}

function footerOf(story: AlertStory): Line {
  const parts: Line[] = [line(`commit ${story.change.commit.slice(0, 12)}`)];
  const asOf = story.decisions.map((decision) => decision.dataAsOf).find((time) => time !== undefined);
  if (asOf) parts.push(line(`advisory data of ${utc(asOf)}`));
  parts.push(line(`alert ${story.alert}`));
  return joined(parts);
}

function linksOf(story: AlertStory): readonly Link[] {
  const chain = chainIdOf(story.change.repository, story.change.commit);
  const links: Link[] = [
    { text: 'why', href: linkTo(story.publicUrl, 'alerts', story.alert) },
    { text: 'chain', href: linkTo(story.publicUrl, 'chains', chain) },
  ];
  for (const decision of story.decisions.slice(0, 3)) {
    links.push({ text: `${decision.gate} decision`, href: linkTo(story.publicUrl, 'decisions', decision.decision) });
  }
  links.push({ text: 'trace', href: linkTo(story.publicUrl, 'chains', chain, 'trace') });
  if (story.change.url) links.push({ text: 'change', href: story.change.url });
  if (story.application.runbook) links.push({ text: 'runbook', href: story.application.runbook });
  return links;
}

function joined(parts: readonly Line[]): Line {
  return parts.flatMap((part, index) => (index === 0 ? part : [{ text: ' · ' }, ...part]));
}
