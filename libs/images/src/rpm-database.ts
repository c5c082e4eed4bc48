import { berkeleyValues, isBerkeley } from './berkeley-hash.ts';
import { LayerRefused } from './layer-refused.ts';
import { isNdb, ndbBlobs } from './rpm-ndb.ts';
import { rpmPackageIn, type RpmPackage } from './rpm-header.ts';
import { isSqlite, sqliteRows } from './sqlite-table.ts';

const mostPackages = 100_000;

/** The packages of a database of RPM: SQLite (since RHEL 9 and Fedora 33), Berkeley DB (before), or RPM's own (SUSE). */
export function rpmPackages(file: Buffer): readonly RpmPackage[] {
  const packages: RpmPackage[] = [];
  try {
    for (const header of headersIn(file)) {
      const found = rpmPackageIn(header);
      if (found) packages.push(found);
      if (packages.length > mostPackages) throw new LayerRefused(`there are more than ${mostPackages} RPMs`);
    }
  } catch (error) {
    // A number that leads out of the file.
    if ((error as Error).name === 'RangeError') throw new LayerRefused('the database of installed RPMs is damaged', { cause: error });
    throw error;
  }
  return packages;
}

function headersIn(file: Buffer): Iterable<Buffer> {
  if (isSqlite(file)) return blobsOf(file);
  if (isBerkeley(file)) return berkeleyValues(file);
  if (isNdb(file)) return ndbBlobs(file);
  throw new LayerRefused('the database of installed RPMs is of a kind that is not known');
}

function* blobsOf(file: Buffer): Iterable<Buffer> {
  for (const row of sqliteRows(file, 'Packages')) {
    const blob = row.find((value) => Buffer.isBuffer(value));
    if (blob) yield blob;
  }
}
