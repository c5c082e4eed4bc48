import { buffer } from 'node:stream/consumers';
import { fromBufferPromise, type Entry, type ZipFile } from 'yauzl';
import { languagePackage, licenceIn, wordIn, type LanguageFile, type LanguagePackage } from './language-package.ts';

const MiB = 1024 * 1024;
const limits = { entries: 200_000, textBytes: MiB, archiveBytes: 128 * MiB, allBytes: 512 * MiB, depth: 3, archives: 2_000 };
const archiveForm = /\.(?:jar|war|ear|par|jpi|hpi)$/i;

/** Java archives, and those that lie in them: what Maven wrote into each, else its manifest and its name. */
export const javaArchives: LanguageFile = {
  wants: (path, { size }) => archiveForm.test(path) && size <= limits.archiveBytes,
  packages: (path, content) => new Archives().packages(path, content, 0),
};

class Archives {
  /** What may still be unpacked of all that lies in one file. */
  private bytes = limits.allBytes;
  private archives = limits.archives;

  async packages(path: string, content: Buffer, depth: number): Promise<readonly LanguagePackage[]> {
    let zip: ZipFile | undefined;
    try {
      zip = await fromBufferPromise(content, { lazyEntries: true, validateEntrySizes: true });
      return await this.packagesOf(zip, path, depth);
    } catch {
      // An archive that no Java would open has no packages.
      return [];
    } finally {
      zip?.close();
    }
  }

  private async packagesOf(zip: ZipFile, path: string, depth: number): Promise<readonly LanguagePackage[]> {
    const told: LanguagePackage[] = [];
    const inner: LanguagePackage[] = [];
    let manifest: ReadonlyMap<string, string> = new Map();
    let entries = 0;
    for await (const entry of zip.eachEntry()) {
      entries += 1;
      if (entries > limits.entries) break;
      const { fileName: name } = entry;
      if (/^META-INF\/maven\/[^/]+\/[^/]+\/pom\.properties$/.test(name))
        told.push(...mavenPackages(await this.read(zip, entry, limits.textBytes)));
      else if (name === 'META-INF/MANIFEST.MF') manifest = fieldsOf(await this.read(zip, entry, limits.textBytes));
      else if (archiveForm.test(name) && depth < limits.depth && this.archives > 0) {
        this.archives -= 1;
        const content = await this.read(zip, entry, limits.archiveBytes);
        if (content) inner.push(...(await this.packages(name, content, depth + 1)));
      }
    }
    return [...(told.length > 0 ? told : named(path, manifest)), ...inner];
  }

  /** Nothing for what is too large. */
  private async read(zip: ZipFile, entry: Entry, most: number): Promise<Buffer | undefined> {
    if (entry.uncompressedSize > Math.min(most, this.bytes) || entry.isEncrypted()) return undefined;
    this.bytes -= entry.uncompressedSize;
    return buffer(await zip.openReadStreamPromise(entry));
  }
}

function mavenPackages(content: Buffer | undefined): readonly LanguagePackage[] {
  const text = content?.toString('utf8') ?? '';
  const value = (key: string): string | undefined => wordIn(new RegExp(`^[ \\t]*${key}[ \\t]*[=:][ \\t]*(.*)$`, 'm').exec(text)?.[1]);
  const [group, artifact, version] = ['groupId', 'artifactId', 'version'].map(value);
  if (group === undefined || artifact === undefined || version === undefined) return [];
  return [languagePackage('maven', artifact, version, { namespace: group })];
}

/** `name-1.2.jar`: who is behind it only the manifest may say. */
function named(path: string, manifest: ReadonlyMap<string, string>): readonly LanguagePackage[] {
  const file = path.slice(path.lastIndexOf('/') + 1).replace(archiveForm, '');
  const [, ownName, ownVersion] = /^(.+?)-(\d[\w.+-]*)$/.exec(file) ?? [];
  const symbolic = wordIn(manifest.get('Bundle-SymbolicName')?.split(';')[0]);
  const artifact = wordIn(ownName ?? manifest.get('Implementation-Title') ?? file);
  const version = wordIn(ownVersion ?? manifest.get('Implementation-Version') ?? manifest.get('Bundle-Version'));
  if (artifact === undefined || version === undefined) return [];
  const suffix = `.${artifact.replaceAll('-', '.')}`;
  const group =
    wordIn(manifest.get('Implementation-Vendor-Id')) ?? (symbolic?.endsWith(suffix) ? symbolic.slice(0, -suffix.length) : symbolic);
  return [languagePackage('maven', artifact, version, { namespace: group, licence: licenceIn(manifest.get('Bundle-License')) })];
}

/** The main part of a manifest; a line that begins with a blank goes on with the one before. */
function fieldsOf(content: Buffer | undefined): ReadonlyMap<string, string> {
  const text = (content?.toString('utf8') ?? '').replace(/\r\n?/g, '\n').split('\n\n')[0]!.replace(/\n /g, '');
  return new Map([...text.matchAll(/^([\w-]+): (.*)$/gm)].map(([, name, value]) => [name!, value!]));
}
