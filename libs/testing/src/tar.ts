/** A file, link or folder of an archive. */
export interface TarContent {
  readonly type?: string;
  readonly content?: string | Buffer;
  readonly target?: string;
  readonly size?: number;
  readonly mode?: string;
}

/** A tar archive as builders write it. */
export function tar(entries: readonly (readonly [string, TarContent | string | Buffer])[]): Buffer {
  const blocks = entries.flatMap(([name, given]) => {
    const {
      type = '0',
      content = '',
      target = '',
      size,
      mode = '0000644',
    }: TarContent = typeof given === 'string' || Buffer.isBuffer(given) ? { content: given } : given;
    const body = Buffer.from(content);
    const head = Buffer.alloc(512);
    head.write(name, 0, 100);
    head.write(`${mode}\0`, 100);
    head.write(`${(size ?? body.length).toString(8).padStart(11, '0')}\0`, 124);
    head.write(type, 156);
    head.write(target, 157, 100);
    head.write('ustar\x0000', 257);
    head.write('        ', 148);
    head.write(
      `${head
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
    );
    return [head, body, Buffer.alloc((512 - (body.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}
