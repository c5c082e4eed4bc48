export * from './cvss.ts';
export * from './ecosystem.ts';
export type { Comparator, Order } from './order.ts';
export * from './osv.ts';
export * from './purl.ts';
export * from './system-package.ts';
export { inVers } from './vers.ts';
