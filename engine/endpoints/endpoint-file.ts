import { join } from "node:path";
import { z } from "zod";
import { endpointSchema } from "../contract/endpoints.ts";
import { StudioError } from "../contract/errors.ts";
import { readJson, writeJson } from "../files/json-file.ts";
import { Turns } from "../files/turns.ts";

/** An endpoint as the file keeps it. Names of headers only: no secret is ever among it. */
const keptSchema = endpointSchema
  .omit({ origin: true, medianSeconds: true, medianOf: true })
  .extend({
    /** Whether a person chose the model and the profile; otherwise a look at the endpoint may. */
    isModelChosen: z.boolean(),
    isProfileChosen: z.boolean(),
  });
export type KeptEndpoint = z.output<typeof keptSchema>;

const MAX_ENDPOINTS = 1000;
const fileSchema = z.object({ endpoints: z.array(keptSchema).max(MAX_ENDPOINTS) });

const READING = {
  maxBytes: 64 << 20,
  parse: (json: unknown): readonly KeptEndpoint[] => fileSchema.parse(json).endpoints,
};

/** The endpoints that a person added, in `endpoints.json` of the data folder. */
export class EndpointFile {
  readonly #path: string;
  readonly #turns = new Turns();
  #endpoints: readonly KeptEndpoint[];
  /** What was wrong with the file at start, for a person. */
  readonly notices: readonly string[];

  private constructor(
    path: string,
    endpoints: readonly KeptEndpoint[],
    notices: readonly string[],
  ) {
    this.#path = path;
    this.#endpoints = endpoints;
    this.notices = notices;
  }

  /** Reads it; a damaged one is set aside and named in `notices`. */
  static async open(dataFolder: string): Promise<EndpointFile> {
    const path = join(dataFolder, "endpoints.json");
    const { value, notice } = await readJson(path, READING);
    return new EndpointFile(path, value ?? [], notice === undefined ? [] : [notice]);
  }

  /** In the order in which they were added. */
  list(): readonly KeptEndpoint[] {
    return this.#endpoints;
  }

  find(id: string): KeptEndpoint | undefined {
    return this.#endpoints.find((endpoint) => endpoint.id === id);
  }

  /** Refuses as REQUEST_INVALID what could not be read again. */
  add(endpoint: KeptEndpoint): Promise<void> {
    return this.#write((endpoints) => [...endpoints, endpoint]);
  }

  /** Changes one as it is when its turn comes; where it is gone by then, nothing. Refuses as `add` does. */
  change(id: string, change: (endpoint: KeptEndpoint) => KeptEndpoint): Promise<void> {
    return this.#write((endpoints) =>
      endpoints.map((endpoint) => (endpoint.id === id ? change(endpoint) : endpoint)),
    );
  }

  remove(id: string): Promise<void> {
    return this.#write((endpoints) => endpoints.filter((endpoint) => endpoint.id !== id));
  }

  #write(change: (endpoints: readonly KeptEndpoint[]) => readonly KeptEndpoint[]): Promise<void> {
    return this.#turns.take(async () => {
      const endpoints = change(this.#endpoints);
      if (endpoints.length > MAX_ENDPOINTS) throw refused(`${MAX_ENDPOINTS} are the most`);
      endpoints.forEach(checkKept);
      await writeJson(this.#path, { endpoints });
      this.#endpoints = endpoints;
    });
  }
}

/** Gives one back as it is. Refuses as REQUEST_INVALID what the file would not be read with: all others would be lost with it. */
export function checkKept(kept: KeptEndpoint): KeptEndpoint {
  const issue = keptSchema.safeParse(kept).error?.issues[0];
  if (issue === undefined) return kept;
  throw refused(`its ${String(issue.path[0])} is empty or too long`);
}

function refused(reason: string): StudioError {
  return new StudioError("REQUEST_INVALID", { field: "The endpoint", value: "kept", reason });
}
