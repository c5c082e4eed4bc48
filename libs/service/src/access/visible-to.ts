import type { Identity } from './identity.ts';

const columnName = /^[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)?$/;

/** SQL condition that keeps rows of other teams out; adds its parameter to `params`. */
export function visibleTo(caller: Identity, column: string, params: unknown[]): string;
export function visibleTo(caller: Identity, params: unknown[]): string;
export function visibleTo(caller: Identity, columnOrParams: string | unknown[], maybeParams?: unknown[]): string {
  const column = typeof columnOrParams === 'string' ? columnOrParams : 'application';
  const params = typeof columnOrParams === 'string' ? maybeParams! : columnOrParams;
  if (!columnName.test(column)) throw new Error(`${JSON.stringify(column)} is no column name`);
  if (caller.applications === '*') return 'true';
  params.push([...caller.applications]);
  return `${column} = any($${params.length}::text[])`;
}

/** True when a row of this application may be shown to the caller. */
export function sees(caller: Pick<Identity, 'applications'>, application: string): boolean {
  return caller.applications === '*' || caller.applications.includes(application);
}
