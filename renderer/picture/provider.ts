/** What Darkroom draws with, as records name it. */
const PROVIDERS = ["cpu", "cuda", "dml", "coreml", "webgpu"] as const;

type Provider = (typeof PROVIDERS)[number];

/** The provider that a record's device is; undefined for a device that an endpoint or another studio names. */
export function providerOf(device: string): Provider | undefined {
  return PROVIDERS.find((name) => name === device);
}
