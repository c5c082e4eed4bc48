import type { BoxRequest, Sandbox, Visible } from './sandbox.ts';

/** No sandbox: only code of ours runs this way, with the bounds that need none. */
export class Unboxed implements Sandbox {
  readonly level = 'none';
  readonly means = 'none';

  inside({ host }: Visible): string {
    return host;
  }

  wrap({ argv }: BoxRequest): { argv: readonly string[] } {
    return { argv };
  }
}
