import type { Layer } from './layer.ts';

const mostHops = 8;

/** The files of an image that matter: each layer takes away and adds to what the layers below it have. */
export class ImageFiles {
  private readonly files = new Map<string, Buffer>();
  private readonly links = new Map<string, string>();
  /** Folders of all that was ever known. */
  private readonly folders = new Set<string>();

  /** The layers from the lowest on. */
  static of(layers: readonly Layer[]): ImageFiles {
    const image = new ImageFiles();
    for (const layer of layers) image.apply(layer);
    return image;
  }

  /** Paths of files and links, sorted. */
  get paths(): readonly string[] {
    return [...this.files.keys(), ...this.links.keys()].sort();
  }

  /** What lies at a path, through links within the image; undefined where nothing does, and for links in a circle. */
  text(path: string): string | undefined {
    let at = path;
    for (let hops = 0; hops <= mostHops; hops += 1) {
      const content = this.files.get(at);
      if (content) return content.toString('utf8');
      const target = this.links.get(at);
      if (target === undefined) return undefined;
      at = target;
    }
    return undefined;
  }

  /** What lies at a path of what is known: itself, or a folder of it. */
  at(path: string): 'file' | 'folder' | undefined {
    if (this.files.has(path) || this.links.has(path)) return 'file';
    return this.folders.has(path) ? 'folder' : undefined;
  }

  /** A layer never takes away what it brings itself: what goes, goes first. */
  apply({ files, links, removed, emptied }: Layer): void {
    const replaced = (path: string): boolean => removed.has(path) || files.has(path) || links.has(path);
    // Looked at from what is held, which is little: a layer may take away a million paths that nobody has.
    for (const known of [this.files, this.links])
      for (const path of known.keys())
        if (replaced(path) || foldersOf(path).some((folder) => emptied.has(folder) || replaced(folder))) known.delete(path);
    for (const path of [...files.keys(), ...links.keys()]) for (const folder of foldersOf(path)) this.folders.add(folder);
    for (const [path, content] of files) this.files.set(path, content);
    for (const [path, target] of links) this.links.set(path, target);
  }
}

/** The folders that a path lies in, the root as the empty one. */
function foldersOf(path: string): readonly string[] {
  const steps = path.split('/').slice(0, -1);
  return ['', ...steps.map((_, index) => steps.slice(0, index + 1).join('/'))];
}
