import type { DecisionMade, Priority, Severity } from '@throughline/contracts';
import type { AlertMessage } from '../channels/message.ts';
import type { LineOfWork } from './line-of-work.ts';

/** What the notifier knows about the commit that an alert stands at. */
export interface KnownChange extends LineOfWork {
  readonly commit: string;
  /** Name of the repository as it was registered. */
  readonly name?: string;
  /** Login at the provider, authenticated there. */
  readonly by?: string;
  readonly url?: string;
}

export interface KnownApplication {
  readonly name: string;
  readonly team?: string;
  readonly tier?: string;
  readonly exposure?: string;
  readonly owners?: readonly string[];
  readonly runbook?: string;
}

export interface KnownFix {
  readonly proposal: string;
  readonly package: string;
  readonly from: string;
  readonly to: string;
  readonly findings: readonly string[];
}

/** All that a message about an alert is told from; every line of it has its source here. */
export interface AlertStory {
  readonly alert: string;
  readonly title: string;
  readonly state: AlertMessage['state'];
  readonly acknowledgedBy?: string;
  readonly priority: Priority;
  readonly severity: Severity;
  readonly since: string;
  readonly resolution?: string;
  readonly change: KnownChange;
  readonly application: KnownApplication;
  /** The latest decision of each gate about the commit. */
  readonly decisions: readonly DecisionMade[];
  readonly fixes: readonly KnownFix[];
  readonly publicUrl: string;
}
