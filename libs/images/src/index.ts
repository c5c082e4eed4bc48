export { ImageFiles } from './image-files.ts';
export { LayerRefused } from './layer-refused.ts';
export { layerLimits, readLayer, type Layer, type LayerLimits } from './layer.ts';
export { isOsFile, osPackages, type Distribution, type ImagePackage, type OsPackages } from './os-packages.ts';
