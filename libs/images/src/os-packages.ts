import { formatPurl } from '@throughline/versions';
import type { ImageFiles } from './image-files.ts';
import { rpmPackages } from './rpm-database.ts';
import type { RpmPackage } from './rpm-header.ts';

/** A package that the operating system of an image has installed. */
export interface ImagePackage {
  readonly purl: string;
  readonly name: string;
  readonly version: string;
  readonly architecture?: string;
  /** Of an RPM; goes before the version. */
  readonly epoch?: number;
  /** What it was built from, by which advisories of distributions name it. */
  readonly source: { readonly name: string; readonly version: string };
  readonly licence?: string;
  /** File of the image that says so. */
  readonly manifest: string;
}

/** Which operating system an image has, by `/etc/os-release`. */
export interface Distribution {
  readonly id: string;
  readonly version?: string;
}

/** What is known of the operating system of an image. */
export interface OsPackages {
  readonly distribution?: Distribution;
  readonly packages: readonly ImagePackage[];
}

const releases = ['etc/os-release', 'usr/lib/os-release'];
const dpkg = 'var/lib/dpkg/status';
/** Images without a package manager have a file for each package. */
const dpkgFolder = 'var/lib/dpkg/status.d/';
const apk = ['lib/apk/db/installed', 'usr/lib/apk/db/installed'];
const rpmFolders = ['var/lib/rpm/', 'usr/lib/sysimage/rpm/', 'usr/share/rpm/'];
const rpmFiles = ['rpmdb.sqlite', 'Packages', 'Packages.db'];
const rpm = rpmFolders.flatMap((folder) => rpmFiles.map((name) => folder + name));
/** What was written last and is not in the database yet. */
const rpmJournals = rpmFolders.map((folder) => `${folder}rpmdb.sqlite-wal`);
const longest = 300;

type Named = Omit<ImagePackage, 'purl' | 'manifest'>;

/** Whether a file of an image says something about its operating system. */
export function isOsFile(path: string): boolean {
  return [...releases, dpkg, ...apk, ...rpm, ...rpmJournals].includes(path) || (path.startsWith(dpkgFolder) && !path.endsWith('.md5sums'));
}

export function isApkList(path: string): boolean {
  return apk.includes(path);
}

/** Whether something was written down where it is not read. */
export function isUnreadJournal(path: string, content: Buffer): boolean {
  return rpmJournals.includes(path) && content.length > 0;
}

/** What is kept of a file about the system: of a database only its packages. */
export function osNote(path: string, content: Buffer): Buffer {
  return rpm.includes(path) ? Buffer.from(JSON.stringify(rpmPackages(content))) : content;
}

/** The packages of a database of RPM that was noted; none of another file. */
export function rpmListed(files: ImageFiles, path: string): readonly RpmPackage[] {
  return rpm.includes(path) ? (JSON.parse(files.text(path) ?? '[]') as readonly RpmPackage[]) : [];
}

/** The packages that the package manager of the image lists, sorted, each once. */
export function osPackages(files: ImageFiles): OsPackages {
  const distribution = distributionIn(releases.map((path) => files.text(path)).find((text) => text !== undefined) ?? '');
  const listed = files.paths.flatMap((path) => {
    const text = files.text(path) ?? '';
    if (path === dpkg || path.startsWith(dpkgFolder)) return found('deb', path, dpkgPackages(text), distribution);
    if (rpm.includes(path)) return found('rpm', path, rpmListed(files, path).map(namedRpm), distribution);
    return apk.includes(path) ? found('apk', path, apkPackages(text), distribution) : [];
  });
  const packages = [...new Map(listed.map((one) => [one.purl, one])).values()].sort((a, b) => (a.purl < b.purl ? -1 : 1));
  return { ...(distribution && { distribution }), packages };
}

/** Where each format comes from. */
const origins = { deb: 'debian', apk: 'alpine', rpm: 'redhat' };

function namedRpm({ name, version, release, epoch, architecture, licence, source = '' }: RpmPackage): Named {
  const full = `${version}-${release}`;
  const [, sourceName = name, sourceVersion = full] = /^(.+)-([^-]+-[^-]+)\.(?:no)?src\.rpm$/.exec(source) ?? [];
  return {
    ...{ name, version: full, source: { name: sourceName, version: sourceVersion } },
    ...(epoch !== undefined && epoch !== 0 && { epoch }),
    ...(architecture !== undefined && { architecture }),
    ...(licence !== undefined && { licence }),
  };
}

/** Without a name of its own a distribution is taken for the one that the format comes from. */
function found(
  type: keyof typeof origins,
  manifest: string,
  named: readonly Named[],
  distribution: Distribution | undefined,
): readonly ImagePackage[] {
  const id = distribution?.id ?? origins[type];
  const namespace = id === 'rhel' ? 'redhat' : id;
  return named.flatMap((one) => {
    const distro = distribution?.version === undefined ? undefined : `${distribution.id}-${distribution.version}`;
    const qualifiers = {
      ...(one.architecture !== undefined && { arch: one.architecture }),
      ...(one.epoch !== undefined && { epoch: String(one.epoch) }),
      ...(distro !== undefined && { distro }),
    };
    const purl = formatPurl({ type, namespace, name: one.name, version: one.version, qualifiers });
    return purl === undefined ? [] : [{ ...one, purl, manifest }];
  });
}

/** Only what is installed: of a removed package its configuration may still be listed. */
export function dpkgPackages(text: string): readonly Named[] {
  return paragraphs(text, /^([A-Za-z][\w-]*): ?(.*)$/).flatMap((fields) => {
    const [name, version, status] = [fields.get('Package'), fields.get('Version'), fields.get('Status')];
    if (!isWord(name) || !isWord(version) || (status !== undefined && status.split(' ')[2] !== 'installed')) return [];
    // `Source: glibc (2.24-11)`: the version only where it is another one.
    const [, source = name, sourceVersion = version] = /^(\S+)(?: \((\S+)\))?$/.exec(fields.get('Source') ?? '') ?? [];
    const architecture = fields.get('Architecture');
    return [{ name, version, source: { name: source, version: sourceVersion }, ...(isWord(architecture) && { architecture }) }];
  });
}

export function apkPackages(text: string): readonly Named[] {
  return paragraphs(text, /^([A-Za-z]):(.*)$/).flatMap((fields) => {
    const [name, version, architecture, licence] = ['P', 'V', 'A', 'L'].map((key) => fields.get(key));
    if (!isWord(name) || !isWord(version)) return [];
    const origin = fields.get('o');
    return [
      {
        ...{ name, version, source: { name: isWord(origin) ? origin : name, version } },
        ...(isWord(architecture) && { architecture }),
        ...(licence !== undefined && licence !== '' && { licence: licence.slice(0, longest) }),
      },
    ];
  });
}

/** Fields by their first appearance, paragraph by paragraph; lines that go on say nothing that is read. */
function paragraphs(text: string, form: RegExp): readonly ReadonlyMap<string, string>[] {
  return text.split(/\r?\n[ \t]*\r?\n/).map((paragraph) => {
    const fields = new Map<string, string>();
    for (const line of paragraph.split(/\r?\n/)) {
      const [, key, value] = form.exec(line) ?? [];
      if (key !== undefined && !fields.has(key)) fields.set(key, value!.trim());
    }
    return fields;
  });
}

function distributionIn(text: string): Distribution | undefined {
  const value = (key: string): string | undefined => {
    const [, plain] = new RegExp(`^${key}=["']?([\\w.+~-]{1,64})["']?\\s*$`, 'm').exec(text) ?? [];
    return plain;
  };
  const [id, version] = [value('ID'), value('VERSION_ID')];
  return id === undefined ? undefined : { id: id.toLowerCase(), ...(version !== undefined && { version }) };
}

function isWord(value: string | undefined): value is string {
  return value !== undefined && /^\S+$/.test(value) && value.length <= longest;
}
