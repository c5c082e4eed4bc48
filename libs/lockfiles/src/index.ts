export { wantedByComposer } from './composer-lock.ts';
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
export { readToml, readYaml } from './markup.ts';
export { wantedByText } from './package-json.ts';
export { wantedByPyproject } from './pyproject.ts';
export { isRequirementsFile, requirementsOf } from './requirements.ts';
export { readXml, type Element } from './xml.ts';
