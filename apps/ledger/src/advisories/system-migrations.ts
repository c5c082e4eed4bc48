import type { Migration } from '@throughline/service';

/**
 * Advisories of operating systems name the source of which a package was built, and a release. What was compared is kept with the
 * verdict where it is not the package's own name.
 */
const systems = `
alter table component_version add column system_names text[];
create index component_version_system_names on component_version using gin (system_names) where system_names is not null;
create index advisory_package_by_name on advisory_package (name);
alter table affected add column ecosystem text, add column name text, add column version text;`;

export const systemMigrations: readonly Migration[] = [{ name: 'systems-001-names', sql: systems }];
