import { severities, type Severity } from '@throughline/contracts';

/** How a severity is stored: info 0 to critical 4. */
export function weightOf(severity: Severity): number {
  return severities.length - 1 - severities.indexOf(severity);
}

export function severityAt(weight: number): Severity {
  return severities[severities.length - 1 - weight] ?? 'info';
}
