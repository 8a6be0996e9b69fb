/** A preview on the stage, and whether its bytes are there. */
export interface Layer {
  readonly address: string;
  readonly isLoaded: boolean;
}

/**
 * Previews lie on each other, oldest first. The newest that is loaded and the one it covers stay; of
 * those still on their way the first and the newest do, so that slow ones never leave the stage
 * empty and quick ones never pile up.
 */
export function keepLayers(layers: readonly Layer[]): readonly Layer[] {
  const newest = layers.findLastIndex(({ isLoaded }) => isLoaded);
  const shown = layers.slice(Math.max(0, newest - 1), newest + 1);
  const coming = layers.slice(newest + 1);
  return [...shown, ...coming.filter((_, index) => index === 0 || index === coming.length - 1)];
}

export function addLayer(layers: readonly Layer[], address: string): readonly Layer[] {
  if (layers.some((layer) => layer.address === address)) return layers;
  return keepLayers([...layers, { address, isLoaded: false }]);
}

export function markLoaded(layers: readonly Layer[], address: string): readonly Layer[] {
  const marked = layers.map((layer) =>
    layer.address === address ? { address, isLoaded: true } : layer,
  );
  return keepLayers(marked);
}
