export * from './blobs.ts';
export * from './errors.ts';
export { linesOf, type LineLimits } from './lines.ts';
