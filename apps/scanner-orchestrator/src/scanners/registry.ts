import { bandit } from './bandit/bandit.ts';
import { dependencies } from './dependencies/dependencies.ts';
import { hadolint } from './hadolint/hadolint.ts';
import { manifests } from './manifests/manifests.ts';
import type { Scanner } from './scanner.ts';
import { secretlint } from './secretlint/secretlint.ts';
import { zizmor } from './zizmor/zizmor.ts';

/** Every scanner of the platform; a new one is a folder and a line here. */
export const scanners: readonly Scanner[] = [secretlint, dependencies, manifests, bandit, zizmor, hadolint];
