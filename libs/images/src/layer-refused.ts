/** A layer is no tar archive, or beyond a limit. The message repeats nothing of the layer. */
export class LayerRefused extends Error {
  readonly code = 'layer_refused';
}
