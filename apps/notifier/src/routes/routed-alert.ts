import { blockingFindings } from '../alerts/alert-sections.ts';
import type { AlertStory } from '../alerts/story.ts';

/** What a route's expression sees as `alert`. Texts are empty where nothing is known, never absent. */
export interface RoutedAlert {
  readonly id: string;
  readonly title: string;
  readonly state: string;
  readonly priority: string;
  readonly severity: string;
  readonly application: string;
  readonly team: string;
  readonly tier: string;
  readonly exposure: string;
  readonly repository: string;
  readonly line: string;
  readonly gates: readonly string[];
  readonly owners: readonly string[];
  readonly findings: number;
}

/** The alert as routes see it. */
export function routedAlertOf(story: AlertStory): RoutedAlert {
  const { application, change } = story;
  return {
    id: story.alert,
    title: story.title,
    state: story.state,
    priority: story.priority,
    severity: story.severity,
    application: application.name,
    team: application.team ?? '',
    tier: application.tier ?? '',
    exposure: application.exposure ?? '',
    repository: change.repository,
    line: change.line,
    gates: story.decisions.map((decision) => decision.gate),
    owners: application.owners ?? [],
    findings: blockingFindings(story.decisions).total,
  };
}
