import { once } from "node:events";
import { Endpoints } from "../../engine/endpoints/endpoints.ts";

/**
 * A process that draws at an endpoint, once to load everything and once more, and prints by how many megabytes its peak
 * memory grew in between. Arguments: a data folder and the two addresses.
 */
const [folder = "", small = "", large = ""] = process.argv.slice(2);

const kept = new Map<string, string>();
const endpoints = await Endpoints.open({
  dataFolder: folder,
  keeper: {
    get: async (name) => kept.get(name),
    set: async (name, value) => void kept.set(name, value),
    remove: async (name) => void kept.delete(name),
  },
  historyOf: () => ({}),
  useOf: () => undefined,
  onChange: () => {},
  onRemove: () => {},
});

const ORDER = { model: "sd", prompt: "a dog", negativePrompt: "", width: 768, height: 768 };

async function draw(url: string): Promise<number> {
  const settings = {
    ca: null,
    isInsecure: false,
    isTokenOverHttp: false,
    isDirect: false,
    headers: [],
  };
  const limits = { timeoutSeconds: 600, checkMinutes: 0, startSeconds: 0 };
  const { id } = await endpoints.add({ url, model: "sd", ...settings, ...limits });
  const { signal } = new AbortController();
  const { pixels } = await endpoints.draw(id, { ...ORDER, isSizeOpen: true }, { signal });
  return pixels.width;
}

await draw(small);
const before = process.resourceUsage().maxRSS;
const width = await draw(large);
const grownMb = (process.resourceUsage().maxRSS - before) / 1024;
process.stdout.write(JSON.stringify({ width, grownMb }));
if (process.stdout.writableLength > 0) await once(process.stdout, "drain");
await endpoints.close();
