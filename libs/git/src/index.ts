export { Git, GitFailed, type GitCall, type GitStream } from './git.ts';
export { gitEnvironment, OriginRefused, schemeOf, type GitHome, type Origin } from './profile.ts';
export { trustFor } from './trust.ts';
