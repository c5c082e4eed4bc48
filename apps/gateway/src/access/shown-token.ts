import type { Token } from '@throughline/contracts';

/** A token, as far as it is shown. */
export interface ShownTokenRow {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly rights: string[];
  readonly team: string | null;
  readonly person: string | null;
  readonly person_name: string | null;
  readonly created_by: string | null;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly last_used_at: Date | null;
}

/** Columns of `token left join person`. */
export const tokenColumns = `token.id, token.name, prefix, rights, team, token.person, person.name as person_name,
  token.created_by, token.created_at, expires_at, last_used_at`;

export function shownToken(row: ShownTokenRow): Token {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    rights: row.rights,
    createdAt: row.created_at.toISOString(),
    ...(row.team ? { team: row.team } : {}),
    ...(row.person ? { person: row.person, personName: row.person_name! } : {}),
    ...(row.created_by ? { createdBy: row.created_by } : {}),
    ...(row.expires_at ? { expiresAt: row.expires_at.toISOString() } : {}),
    ...(row.last_used_at ? { lastUsedAt: row.last_used_at.toISOString() } : {}),
  };
}
