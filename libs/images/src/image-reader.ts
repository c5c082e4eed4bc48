import { formatPurl } from '@throughline/versions';
import { ImageFiles } from './image-files.ts';
import type { LanguagePackage } from './languages/language-package.ts';
import { languageFiles } from './languages/registry.ts';
import { layerLimits, readLayer, type LayerLimits } from './layer.ts';
import { isOsFile, isUnreadJournal, osNote, osPackages, type Distribution, type ImagePackage } from './os-packages.ts';
import { isOwnerList, merged, ownedFiles } from './owned-files.ts';
import type { TarFile } from './tar.ts';

/** A package of a language that lies in an image. */
export interface InnerPackage {
  readonly purl: string;
  readonly namespace?: string;
  readonly name: string;
  readonly version: string;
  readonly licence?: string;
  readonly manifest: string;
}

/** What is installed in an image. */
export interface ImageInventory {
  readonly distribution?: Distribution;
  readonly system: readonly ImagePackage[];
  readonly languages: readonly InnerPackage[];
  /** Files that could not be looked at: what they hold is not listed. */
  readonly unread: readonly string[];
}

const mostUnread = 100;

/** Reads an image layer by layer, from the lowest on. Holds only what says something about packages. */
export class ImageReader {
  private readonly files = new ImageFiles();
  private readonly unread = new Set<string>();

  constructor(private readonly limits: LayerLimits = layerLimits) {}

  /** Throws `LayerRefused`. */
  async add(layer: AsyncIterable<Uint8Array>): Promise<void> {
    const wants = (path: string, file: TarFile): boolean => this.wants(path, file);
    const note = (path: string, content: Buffer): Promise<Buffer | undefined> | Buffer | undefined => this.note(path, content);
    this.files.apply(
      await readLayer(layer, { wants, note, below: (path) => this.files.at(path), missed: (path) => this.skip(path) }, this.limits),
    );
  }

  inventory(): ImageInventory {
    const { distribution, packages: system } = osPackages(this.files);
    const owned = ownedFiles(this.files);
    const found = this.files.paths
      .filter((path) => !isOsFile(path) && !isOwnerList(path) && !owned.has(merged(path)))
      .flatMap((path) =>
        (JSON.parse(this.files.text(path) ?? '[]') as readonly LanguagePackage[]).flatMap((one) => innerPackage(one, path)),
      );
    // The first of each: one that lies in several places is one component.
    const languages = [...new Map([...found].reverse().map((one) => [one.purl, one])).values()].sort((a, b) => (a.purl < b.purl ? -1 : 1));
    return { ...(distribution && { distribution }), system, languages, unread: [...this.unread].sort() };
  }

  private wants(path: string, file: TarFile): boolean {
    if (isOsFile(path) || isOwnerList(path)) return true;
    const wanted = languageFiles.some(({ wants }) => wants(path, file));
    if (!wanted || file.size <= this.limits.maxFileBytes) return wanted;
    this.skip(path);
    return false;
  }

  private note(path: string, content: Buffer): Promise<Buffer | undefined> | Buffer | undefined {
    if (isUnreadJournal(path, content)) this.skip(path);
    if (isOsFile(path) || isOwnerList(path)) return osNote(path, content);
    return this.noteOf(path, content);
  }

  private async noteOf(path: string, content: Buffer): Promise<Buffer | undefined> {
    const file = { size: content.length, executable: true };
    const packages = await languageFiles.find(({ wants }) => wants(path, file))?.packages(path, content);
    return packages === undefined || packages.length === 0 ? undefined : Buffer.from(JSON.stringify(packages));
  }

  private skip(path: string): void {
    if (this.unread.size < mostUnread) this.unread.add(path);
  }
}

function innerPackage({ type, namespace, name, version, licence }: LanguagePackage, manifest: string): readonly InnerPackage[] {
  const purl = formatPurl({ type, name, version, ...(namespace !== undefined && { namespace }) });
  const told = { ...(namespace !== undefined && { namespace }), ...(licence !== undefined && { licence }) };
  return purl === undefined ? [] : [{ purl, name, version, ...told, manifest }];
}
