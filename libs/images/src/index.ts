export { imageCyclonedx, type InventoriedImage } from './image-cyclonedx.ts';
export { ImageReader, type ImageInventory, type InnerPackage } from './image-reader.ts';
export { LayerRefused } from './layer-refused.ts';
export type { Distribution, ImagePackage } from './os-packages.ts';
