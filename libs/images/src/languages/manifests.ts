import { fieldsIn, jsonIn, languagePackage, licenceIn, wordIn, type LanguageFile, type LanguagePackage } from './language-package.ts';

const MiB = 1024 * 1024;
const fits = (size: number): boolean => size <= 8 * MiB;

/** What npm, yarn and pnpm have put into `node_modules`. */
export const nodeModules: LanguageFile = {
  wants: (path, { size }) => fits(size) && /(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/]+\/package\.json$/.test(path),
  packages(path, content) {
    const { name, version, license } = fieldsIn(jsonIn(content));
    const [full, installed] = [wordIn(name), wordIn(version)];
    // Parts of packages have files of that name, too; nobody installed those.
    if (full === undefined || installed === undefined) return [];
    const slash = full.startsWith('@') ? full.indexOf('/') : -1;
    const [namespace, own] = slash < 0 ? [undefined, full] : [full.slice(0, slash), full.slice(slash + 1)];
    return [languagePackage('npm', own, installed, { namespace, licence: licenceIn(license) ?? licenceIn(fieldsIn(license)['type']) })];
  },
};

/** What pip, and what came before it, has written down. */
export const pythonPackages: LanguageFile = {
  wants: (path, { size }) => fits(size) && /(?:\.dist-info\/METADATA|\.egg-info(?:\/PKG-INFO)?|EGG-INFO\/PKG-INFO)$/.test(path),
  packages(_path, content) {
    // Fields end at the first empty line; behind it stands what people write.
    const head = content.toString('utf8').split(/\r?\n\r?\n/, 1)[0]!;
    const field = (name: string): string | undefined => new RegExp(`^${name}:[ \\t]*(.*)$`, 'im').exec(head)?.[1];
    const [name, version] = [wordIn(field('Name')), wordIn(field('Version'))];
    if (name === undefined || version === undefined) return [];
    const licence = licenceIn(field('License-Expression')) ?? licenceIn(field('License'));
    return [languagePackage('pypi', name.toLowerCase().replace(/[-_.]+/g, '-'), version, { licence })];
  },
};

/** Specifications that RubyGems writes for what it has installed. */
export const gems: LanguageFile = {
  wants: (path, { size }) => fits(size) && /(?:^|\/)specifications\/(?:default\/)?[^/]+\.gemspec$/.test(path),
  packages(_path, content) {
    const text = content.toString('utf8');
    const value = (name: string): string | undefined =>
      new RegExp(`^\\s*\\w+\\.${name}\\s*=\\s*(?:Gem::Version\\.new\\s*\\(?\\s*)?["']([^"'\\n]+)["']`, 'm').exec(text)?.[1];
    const [name, version] = [wordIn(value('name')), wordIn(value('version'))];
    if (name === undefined || version === undefined) return [];
    const listed = /^\s*\w+\.licenses\s*=\s*\[([^\]\n]*)\]/m.exec(text)?.[1] ?? '';
    const licences = [...listed.matchAll(/["']([^"']+)["']/g)].map(([, licence]) => licence!);
    return [languagePackage('gem', name, version, { licence: licenceIn(licences.join(' OR ')) ?? licenceIn(value('license')) })];
  },
};

/** What Composer has installed. */
export const composerPackages: LanguageFile = {
  wants: (path, { size }) => fits(size) && /(?:^|\/)vendor\/composer\/installed\.json$/.test(path),
  packages(_path, content) {
    const document = jsonIn(content);
    // Composer 1 wrote the list alone.
    const listed = Array.isArray(document) ? document : fieldsIn(document)['packages'];
    return (Array.isArray(listed) ? listed : []).flatMap((entry): readonly LanguagePackage[] => {
      const { name, version, license } = fieldsIn(entry);
      const [, namespace, own] = /^([^/\s]+)\/([^/\s]+)$/.exec(wordIn(name) ?? '') ?? [];
      const installed = wordIn(version)?.replace(/^v(?=\d)/, '');
      if (own === undefined || installed === undefined) return [];
      const licence = Array.isArray(license) ? license.filter((one) => typeof one === 'string').join(' OR ') : license;
      return [languagePackage('composer', own, installed, { namespace, licence: licenceIn(licence) })];
    });
  },
};
