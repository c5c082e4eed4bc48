/** What threads may load: no decorators, no framework. Everything here is in the index as well. */
export { repositoryId } from './repository.ts';
