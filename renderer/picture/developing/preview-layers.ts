/**
 * A preview on the stage. It is `coming` until its bytes are there and `ready` until its turn; then it
 * is `rising` through the one below, and `settled` once nothing shines through it.
 */
export interface Layer {
  readonly address: string;
  readonly state: "coming" | "ready" | "rising" | "settled";
}

/**
 * Previews lie on each other, oldest first. One rises at a time, over one that has settled: where they
 * come faster than they can rise, those between are left out, and the stage never grows dim. Of
 * those still on their way the first and the newest stay, so that slow ones do not leave it empty.
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

/** Its bytes are there. */
export function markLoaded(layers: readonly Layer[], address: string): readonly Layer[] {
  return mark(layers, address, { from: "coming", to: "ready" });
}

/** It has risen. */
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
