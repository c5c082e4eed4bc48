import { LockFileRefused, type Beside, type LockedGraph, type LockedPackage, type LockFormat, type OpenPackage } from './lock-file.ts';
import { childText, descendants, readXml, type Element } from './xml.ts';

/** `packages.config` of older projects: everything that is installed, at one level. */
export const nugetConfig: LockFormat = {
  ecosystem: 'NuGet',
  matches: (file) => /^packages(?:\.[^/]+)?\.config$/i.test(file),
  async read(text) {
    const root = readXml(text);
    if (root.name !== 'packages') throw new LockFileRefused('it is no list of packages');
    const packages = [...descendants(root, 'package')].flatMap((one): readonly (LockedPackage & { readonly tool: boolean })[] => {
      const [name, version] = [attribute(one, 'id'), attribute(one, 'version')];
      if (!name || !version) return [];
      return [
        { id: `${name}@${version}`, name, version, line: one.line, needs: [], tool: attribute(one, 'developmentDependency') === 'true' },
      ];
    });
    const ids = (tool: boolean): string[] => packages.filter((one) => one.tool === tool).map(({ id }) => id);
    return { packages: packages.map(({ tool: _, ...one }) => one), runtime: ids(false), development: ids(true) } satisfies LockedGraph;
  },
};

const mostFolders = 12;
const longestValue = 256;

/** Project files: `PackageReference`, with versions that the repository manages centrally. A lock file beside them goes first. */
export const nugetProject: LockFormat = {
  ecosystem: 'NuGet',
  matches: (file) => /\.(?:cs|fs|vb)proj$/i.test(file),
  async read(text, beside) {
    const project = readXml(text);
    if (project.name !== 'Project') throw new LockFileRefused('it is no project');
    if ((await beside('packages.lock.json')) !== undefined) return { packages: [], runtime: [], development: [] };
    const build = await above(beside, 'Directory.Build.props');
    const central = await above(beside, 'Directory.Packages.props');
    const files = [...build, ...central, project];
    const properties = propertiesOf(files);
    const managed = new Map(files.flatMap((file) => [...descendants(file, 'PackageVersion')].flatMap(pair)));
    const [packages, tools, open]: [LockedPackage[], Set<string>, OpenPackage[]] = [[], new Set(), []];
    const references = [...build, project].flatMap((file) =>
      [...descendants(file, 'PackageReference')].map((one) => ({ one, own: file === project })),
    );
    for (const { one, own } of [...references, ...central.flatMap(globalReferences)]) {
      const name = attribute(one, 'Include') ?? attribute(one, 'Update');
      if (!name || name.includes('$(')) continue;
      const said = attribute(one, 'VersionOverride') ?? attribute(one, 'Version') ?? managed.get(name.toLowerCase());
      const line = own ? { line: one.line } : {};
      const version = versionOf(said, properties);
      if ('reason' in version) open.push({ name, ...line, reason: version.reason });
      else {
        packages.push({ id: `${name}@${version.version}`, name, version: version.version, ...line, needs: [] });
        if (/^all$/i.test(attribute(one, 'PrivateAssets') ?? '')) tools.add(`${name}@${version.version}`);
      }
    }
    const runtime = packages.flatMap(({ id }) => (tools.has(id) ? [] : [id]));
    return { packages, runtime, development: [...tools], open } satisfies LockedGraph;
  },
};

function globalReferences(file: Element): readonly { readonly one: Element; readonly own: boolean }[] {
  return [...descendants(file, 'GlobalPackageReference')].map((one) => ({ one, own: false }));
}

/** As attribute or as element, both are allowed. */
function attribute(element: Element, name: string): string | undefined {
  return (element.attributes.get(name) ?? childText(element, name))?.trim() || undefined;
}

function pair(one: Element): readonly (readonly [string, string])[] {
  const [name, version] = [attribute(one, 'Include') ?? attribute(one, 'Update'), attribute(one, 'Version')];
  return name && version ? [[name.toLowerCase(), version]] : [];
}

/** The nearest file of that name, in this folder or above. */
async function above(beside: Beside, name: string): Promise<readonly Element[]> {
  for (let path = name, count = 0; count < mostFolders; path = `../${path}`, count++) {
    const text = await beside(path);
    if (text !== undefined) return [readXml(text)];
  }
  return [];
}

function propertiesOf(files: readonly Element[]): ReadonlyMap<string, string> {
  const groups = files.flatMap((file) => [...descendants(file, 'PropertyGroup')]);
  return new Map(
    groups.flatMap(({ children }) => children.map(({ name, text }) => [name.toLowerCase(), text.slice(0, longestValue)] as const)),
  );
}

/** NuGet takes the lowest version that is allowed, so a bare version is the one that is taken. */
function versionOf(
  said: string | undefined,
  properties: ReadonlyMap<string, string>,
): { readonly version: string } | { readonly reason: string } {
  if (said === undefined) return { reason: 'it has no version here' };
  let text = said;
  for (let depth = 0; text.includes('$(') && depth < 5; depth++) {
    text = text
      .replace(/\$\(([^()]*)\)/g, (whole, name: string) => properties.get(name.trim().toLowerCase()) ?? whole)
      .slice(0, longestValue);
  }
  if (text.includes('$(')) return { reason: `its version ${said.slice(0, 60)} is set nowhere here` };
  const exact = /^\[([^,[\]()]+)\]$/.exec(text)?.[1] ?? text;
  if (!/^\d+(?:\.\d+){0,3}(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/.test(exact.trim()))
    return { reason: `${text.slice(0, 60)} is a range` };
  return { version: exact.trim() };
}
