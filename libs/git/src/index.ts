export { Git, type GitCall, type GitStream } from './git.ts';
export { GitFailed } from './git-failed.ts';
export { HostOutages } from './host-outages.ts';
export { gitEnvironment, OriginRefused, schemeOf, type GitHome, type Origin } from './profile.ts';
export { trustFor } from './trust.ts';
