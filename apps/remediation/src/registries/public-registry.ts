/** Where a package of npm comes from that names no registry; as lock files write it. */
export const publicRegistry = 'https://registry.npmjs.org';

/** The same for packages of PyPI. */
export const publicIndex = 'https://pypi.org/simple';
