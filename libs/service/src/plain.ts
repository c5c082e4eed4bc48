/** What threads may load: no decorators, no framework. Everything here is in the index as well. */
export { parseJson } from './http/json.ts';
export { Problem } from './http/problem.ts';
