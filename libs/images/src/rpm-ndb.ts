import { LayerRefused } from './layer-refused.ts';

const [fileMark, slotMark, blobMark] = ['RpmP', 'Slot', 'BlbS'];
const [page, slot, block, head] = [4096, 16, 16, 16];

/** Whether a file is RPM's own kind of database (`Packages.db`). */
export function isNdb(file: Buffer): boolean {
  return file.toString('latin1', 0, 4) === fileMark;
}

/** The headers of packages: slots name the block where a blob begins. */
export function* ndbBlobs(file: Buffer): Iterable<Buffer> {
  const end = file.readUInt32LE(12) * page;
  if (end > file.length) throw damaged();
  // The head of the file is as long as two slots.
  for (let at = 2 * slot; at + slot <= end; at += slot) {
    if (file.toString('latin1', at, at + 4) !== slotMark) throw damaged();
    const [number, from] = [file.readUInt32LE(at + 4), file.readUInt32LE(at + 8) * block];
    if (number === 0) continue;
    if (file.toString('latin1', from, from + 4) !== blobMark || file.readUInt32LE(from + 4) !== number) throw damaged();
    const length = file.readUInt32LE(from + 12);
    if (from + head + length > file.length) throw damaged();
    yield file.subarray(from + head, from + head + length);
  }
}

function damaged(): LayerRefused {
  return new LayerRefused('the database of installed RPMs is damaged');
}
