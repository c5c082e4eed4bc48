export { formatOf, isCompanion } from './formats.ts';
export {
  componentsOf,
  LockFileRefused,
  objectOf,
  type Beside,
  type LockedComponent,
  type LockFormat,
  type OpenPackage,
} from './lock-file.ts';
export { readToml } from './markup.ts';
export { wantedByText } from './package-json.ts';
export { wantedByPyproject } from './pyproject.ts';
export { isRequirementsFile, requirementsOf } from './requirements.ts';
