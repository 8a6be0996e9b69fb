/**
 * A preview on the stage. It is `coming` until it has loaded, `ready` until its turn, `rising` while it fades in, and
 * `settled` once it is opaque.
 */
export interface Layer {
  readonly address: string;
  readonly state: "coming" | "ready" | "rising" | "settled";
}

/**
 * Selects the previews to keep, oldest first. One fades in at a time, over a settled one; if they arrive faster, those
 * between are skipped, so that the stage never dims. Of those still loading, the first and the newest stay, so that
 * slow loading does not leave the stage empty.
 */
function keepLayers(layers: readonly Layer[]): readonly Layer[] {
  const ground = layers.findLastIndex(({ state }) => state === "settled");
  const above = layers.slice(ground + 1);
  const rising = above.findLast(({ state }) => state === "rising");
  const ready = above.findLast(({ state }) => state === "ready");
  const newest = ready ?? rising;
  const coming = above.slice(newest === undefined ? 0 : above.indexOf(newest) + 1);
  return [
    ...(ground < 0 ? [] : layers.slice(ground, ground + 1)),
    ...(rising === undefined ? [] : [rising]),
    ...(ready === undefined ? [] : [rising === undefined ? risen(ready) : ready]),
    ...coming.filter((_, index) => index === 0 || index === coming.length - 1),
  ];
}

function risen({ address }: Layer): Layer {
  return { address, state: "rising" };
}

export function addLayer(layers: readonly Layer[], address: string): readonly Layer[] {
  if (layers.some((layer) => layer.address === address)) return layers;
  return keepLayers([...layers, { address, state: "coming" }]);
}

/** Marks a preview as loaded. */
export function markLoaded(layers: readonly Layer[], address: string): readonly Layer[] {
  return mark(layers, address, { from: "coming", to: "ready" });
}

/** Marks a preview as opaque. */
export function markSettled(layers: readonly Layer[], address: string): readonly Layer[] {
  return mark(layers, address, { from: "rising", to: "settled" });
}

interface Step {
  readonly from: Layer["state"];
  readonly to: Layer["state"];
}

function mark(layers: readonly Layer[], address: string, { from, to }: Step): readonly Layer[] {
  const marked = layers.map((layer) =>
    layer.address === address && layer.state === from ? { address, state: to } : layer,
  );
  return keepLayers(marked);
}
