/** What npm's registry answers about a package with these releases, all of them old enough. */
export function npmDocument(name: string, versions: readonly string[]): string {
  const releases = versions.map((version) => [
    version,
    {
      name,
      version,
      dist: {
        tarball: `https://registry.npmjs.org/${name}/-/${name}-${version}.tgz`,
        integrity: `sha512-${Buffer.alloc(64, version).toString('base64')}`,
      },
    },
  ]);
  const time = Object.fromEntries(versions.map((version) => [version, '2022-01-01T00:00:00.000Z']));
  return JSON.stringify({ name, 'dist-tags': { latest: versions.at(-1) }, versions: Object.fromEntries(releases), time });
}
