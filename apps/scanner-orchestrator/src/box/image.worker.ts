import { imageCyclonedx, ImageReader, LayerRefused } from '@throughline/images';
import type { ImageTask } from './box-task.ts';
import { Portions } from './portions.ts';

/** Reads the layers of an image from standard input, one behind the other, and writes its inventory (CycloneDX) in one line. */
async function work({ name, digest, layers }: ImageTask): Promise<string> {
  const reader = new ImageReader();
  const input = new Portions(process.stdin);
  for (const bytes of layers) await input.take(bytes, (layer) => reader.add(layer));
  return imageCyclonedx(reader.inventory(), { name, digest });
}

try {
  const document = await work(JSON.parse(process.argv[2] ?? '') as ImageTask);
  process.stdout.write(`${document}\n${JSON.stringify({ end: 1 })}\n`);
} catch (error) {
  // Other errors may quote the image.
  const reason = error instanceof LayerRefused ? error.message : `it could not be read (${(error as Error).name})`;
  process.stdout.write(`${JSON.stringify({ failed: reason })}\n`);
}
