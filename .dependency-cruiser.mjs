/** As `own-code.ts` of scanner-orchestrator has them. */
const boxed = 'findings|lockfiles|versions';
const families = ['scanners', 'channels', 'fixers', 'sources'];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    ...families.map((family) => ({
      name: `variants-of-${family}-stay-apart`,
      comment: 'A variant imports the contract of its family and libs, never a sibling.',
      severity: 'error',
      from: { path: `^apps/[^/]+/src/${family}/([^/]+)/` },
      to: { path: `^apps/[^/]+/src/${family}/([^/]+)/`, pathNot: `^apps/[^/]+/src/${family}/$1/` },
    })),
    {
      name: 'boxes-see-no-other-lib',
      comment: 'A box that reads a report sees these libs alone: what they import of others must be types, which are gone when it runs.',
      severity: 'error',
      from: { path: `^libs/(${boxed})/`, pathNot: '\\.spec\\.ts$|/fixtures/' },
      to: { path: '^libs/', pathNot: `^libs/(${boxed})/`, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'production-without-tests',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '\\.spec\\.ts$|/fixtures/|^libs/testing/' },
      to: { path: '\\.spec\\.ts$|/fixtures/|^libs/testing/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/dist/|/node_modules/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.lint.json' },
    enhancedResolveOptions: { conditionNames: ['@throughline/source', 'import', 'node', 'default'], exportsFields: ['exports'] },
  },
};
