const swc = {
  swcrc: false,
  sourceMaps: true,
  module: { type: 'es6' },
  jsc: {
    target: 'es2023',
    keepClassNames: true,
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
  },
};

const project = {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@throughline/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
  modulePathIgnorePatterns: ['/dist/', '/.throughline/', '/cli/demo/'],
  setupFiles: ['reflect-metadata'],
};

export default {
  maxWorkers: 2,
  // What `eventually` waits for at most, three times: it says what did not come, a limit does not.
  testTimeout: 30_000,
  workerIdleMemoryLimit: '1GB',
  projects: [
    {
      ...project,
      displayName: 'unit',
      testMatch: ['<rootDir>/{apps,libs}/*/src/**/*.spec.ts'],
      testPathIgnorePatterns: ['\\.int\\.spec\\.ts$'],
    },
    {
      ...project,
      displayName: 'int',
      testMatch: ['<rootDir>/{apps,libs}/*/src/**/*.int.spec.ts', '<rootDir>/test/contracts/**/*.spec.ts'],
    },
    { ...project, displayName: 'e2e', testMatch: ['<rootDir>/test/journeys/**/*.e2e.spec.ts'] },
    { ...project, displayName: 'real', testMatch: ['<rootDir>/test/real/**/*.real.spec.ts'] },
    { ...project, displayName: 'corpora', testMatch: ['<rootDir>/test/corpora/**/*.spec.ts'] },
  ],
};
