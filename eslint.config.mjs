import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import globals from 'globals';
import tseslint from 'typescript-eslint';
import { accessRule } from './tools/lint/access-rule.mjs';

const boundaries = [
  { sourceTag: 'layer:app', onlyDependOnLibsWithTags: ['layer:domain', 'layer:adapter', 'layer:platform'] },
  {
    sourceTag: 'layer:client',
    onlyDependOnLibsWithTags: ['layer:domain'],
    bannedExternalImports: ['@nestjs/*', 'typeorm', 'kafkajs'],
  },
  {
    sourceTag: 'layer:domain',
    onlyDependOnLibsWithTags: ['layer:domain'],
    bannedExternalImports: ['@nestjs/*', 'typeorm', 'kafkajs', '@opentelemetry/*'],
  },
  {
    sourceTag: 'layer:adapter',
    onlyDependOnLibsWithTags: ['layer:domain', 'layer:adapter', 'layer:platform'],
    bannedExternalImports: ['typeorm', 'kafkajs'],
  },
  { sourceTag: 'layer:platform', onlyDependOnLibsWithTags: ['layer:domain', 'layer:platform'] },
  { sourceTag: 'layer:test', onlyDependOnLibsWithTags: ['*'] },
];

const boundariesOf = (constraints, more = {}) => [
  'error',
  { depConstraints: constraints, allow: [], enforceBuildableLibDependency: false, ...more },
];
// The lib of tests leans on these, and their own integration specs on it; what is built knows only the first direction.
const testedBySpecs = ['service', 'telemetry', 'messaging'].map((lib) => [`@throughline/${lib}`, '@throughline/testing']);
const withTesting = boundaries.map((one) => ({ ...one, onlyDependOnLibsWithTags: [...one.onlyDependOnLibsWithTags, 'layer:test'] }));

const noEnvironment = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'The environment is read once, by the config class of the app.',
};

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '**/fixtures/**', 'apps/cli/demo/**', '.throughline/**', '**/*.d.ts'] },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: ['./tsconfig.lint.json', './apps/dashboard/tsconfig.json'] } },
    plugins: { '@nx': nx, throughline: { rules: { 'access-rule': accessRule } } },
    rules: {
      '@nx/enforce-module-boundaries': boundariesOf(boundaries),
      'throughline/access-rule': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/require-await': 'off',
      'max-lines': ['error', 400],
      'no-console': 'error',
      eqeqeq: ['error', 'always'],
      'no-restricted-syntax': ['error', noEnvironment],
    },
  },
  {
    files: ['**/config.ts', '**/main.ts', '**/*.spec.ts', 'libs/testing/**', 'test/**', 'libs/telemetry/src/preload.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['**/*.spec.ts', 'test/**/*.ts', 'libs/testing/**/*.ts'],
    languageOptions: { globals: globals.jest },
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      'throughline/access-rule': 'off',
      '@nx/enforce-module-boundaries': boundariesOf(withTesting, { ignoredCircularDependencies: testedBySpecs }),
    },
  },
  { files: ['**/*.mjs'], languageOptions: { globals: globals.node } },
);
