import { onTestFinished } from "vitest";
import type { Endpoint } from "../../engine/contract/endpoints.ts";
import { Endpoints, type EndpointsOptions } from "../../engine/endpoints/endpoints.ts";
import { PictureThread } from "../../engine/endpoints/picture-thread.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** The order for an endpoint with its own model and size. */
export const ORDER = {
  model: "stable-diffusion",
  prompt: "a dog",
  negativePrompt: "",
  width: 768,
  height: 768,
  isSizeOpen: true as const,
};

/** One for all tests of a file: starting a thread takes longer than most of the tests. */
const thread = new PictureThread();

/** Secrets in memory, by name. */
export class MemorySecrets {
  readonly kept = new Map<string, string>();

  async get(name: string): Promise<string | undefined> {
    return this.kept.get(name);
  }

  async set(name: string, value: string): Promise<void> {
    this.kept.set(name, value);
  }

  async remove(name: string): Promise<void> {
    this.kept.delete(name);
  }
}

export interface OpenedEndpoints {
  readonly endpoints: Endpoints;
  readonly folder: string;
  readonly secrets: MemorySecrets;
  readonly changes: Endpoint[];
  readonly removed: string[];
}

/** Real endpoints in a folder, with secrets in memory. */
export async function openEndpoints(
  options: Partial<EndpointsOptions> & { readonly secrets?: MemorySecrets } = {},
): Promise<OpenedEndpoints> {
  const folder = options.dataFolder ?? temporaryFolder();
  const secrets = options.secrets ?? new MemorySecrets();
  const [changes, removed]: [Endpoint[], string[]] = [[], []];
  const endpoints = await Endpoints.open({
    dataFolder: folder,
    keeper: secrets,
    historyOf: () => ({}),
    useOf: () => undefined,
    onChange: (endpoint) => changes.push(endpoint),
    onRemove: (id) => removed.push(id),
    now: () => new Date("2026-11-25T12:00:00.000Z"),
    thread,
    timing: { connectMs: 500, idleMs: 200, bodyMs: 5000 },
    ...options,
  });
  onTestFinished(() => endpoints.close());
  return { endpoints, folder, secrets, changes, removed };
}

/** A new endpoint, in the form that the contract's schema produces. */
export function added(url: string, more: Partial<Parameters<Endpoints["add"]>[0]> = {}) {
  return {
    url,
    ca: null,
    isInsecure: false,
    isTokenOverHttp: false,
    isDirect: false,
    headers: [],
    timeoutSeconds: 600,
    startSeconds: 0,
    checkMinutes: 0,
    ...more,
  };
}
