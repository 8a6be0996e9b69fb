import { join } from "node:path";
import { z } from "zod";
import { endpointCheckSchema, endpointSchema, START_SECONDS } from "../contract/endpoints.ts";
import { StudioError } from "../contract/errors.ts";
import {
  settingTrialSchema,
  TRIED_SETTINGS,
  type Verdicts,
  verdictsSchema,
} from "../contract/setting-trial.ts";
import { RowFile } from "../files/row-file.ts";
import { readStoredError } from "../files/stored-error.ts";

const { shape: learned } = endpointSchema;

/** Drops settings and verdicts of newer versions that this one does not know. */
const storedTrialSchema = settingTrialSchema.extend({
  verdicts: z
    .record(z.string(), z.unknown())
    .transform((stored): Verdicts =>
      Object.assign(
        {},
        ...TRIED_SETTINGS.map(
          (setting) => verdictsSchema.safeParse({ [setting]: stored[setting] }).data,
        ),
      ),
    ),
});

const storedErrorSchema = z.unknown().transform(readStoredError).optional();

/** An endpoint as stored. Only names of headers: it contains no secrets. */
const keptSchema = endpointSchema
  .omit({ origin: true, medianSeconds: true, medianOf: true, quietChecks: true })
  .omit({ isKindAssumed: true, isModelAssumed: true })
  .extend({
    // Files of versions with a single protocol have none.
    kind: learned.kind.default("v2"),
    startSeconds: learned.startSeconds.default(START_SECONDS),
    checkMinutes: learned.checkMinutes.default(0),
    isDirect: learned.isDirect.default(false),
    /** Whether a person chose the model and the profile; otherwise a look at the endpoint may set them. */
    isModelChosen: z.boolean(),
    isProfileChosen: z.boolean(),
    /** The same for the protocol; earlier versions never changed it. */
    isKindChosen: z.boolean().default(true),
    // Learned from the endpoint, and can be learned again: an invalid value must not lose the endpoint.
    check: endpointCheckSchema.extend({ error: storedErrorSchema }).optional().catch(undefined),
    certificate: learned.certificate.catch(undefined),
    starts: learned.starts.catch(undefined),
    hasAnswered: learned.hasAnswered.catch(undefined),
    trial: storedTrialSchema.optional().catch(undefined),
    lastError: storedErrorSchema,
  });
export type KeptEndpoint = z.output<typeof keptSchema>;

const MAX_ENDPOINTS = 1000;

const READING = {
  list: "endpoints",
  maxBytes: 64 << 20,
  parse: (row: unknown): KeptEndpoint => keptSchema.parse(row),
};

/** A person's endpoints, in `endpoints.json` of the data folder. */
export class EndpointFile {
  readonly #file: RowFile<KeptEndpoint>;
  #endpoints: readonly KeptEndpoint[];

  private constructor(file: RowFile<KeptEndpoint>) {
    this.#file = file;
    this.#endpoints = file.rows;
  }

  static async open(dataFolder: string): Promise<EndpointFile> {
    return new EndpointFile(await RowFile.open(join(dataFolder, "endpoints.json"), READING));
  }

  /** Notices about what was wrong with the file at start. */
  get notices(): readonly string[] {
    return this.#file.notices;
  }

  /** In the order in which they were added. */
  list(): readonly KeptEndpoint[] {
    return this.#endpoints;
  }

  find(id: string): KeptEndpoint | undefined {
    return this.#endpoints.find((endpoint) => endpoint.id === id);
  }

  /** Refuses as REQUEST_INVALID an endpoint that could not be read back. */
  add(endpoint: KeptEndpoint): Promise<void> {
    return this.#write((endpoints) => [...endpoints, endpoint]);
  }

  /** Changes an endpoint when its turn comes; does nothing if it no longer exists. Refuses as `add` does. */
  change(id: string, change: (endpoint: KeptEndpoint) => KeptEndpoint): Promise<void> {
    return this.#write((endpoints) =>
      endpoints.map((endpoint) => (endpoint.id === id ? change(endpoint) : endpoint)),
    );
  }

  remove(id: string): Promise<void> {
    return this.#write((endpoints) => endpoints.filter((endpoint) => endpoint.id !== id));
  }

  #write(change: (endpoints: readonly KeptEndpoint[]) => readonly KeptEndpoint[]): Promise<void> {
    return this.#file.turn(async () => {
      const endpoints = change(this.#endpoints);
      if (endpoints.length > MAX_ENDPOINTS) throw refused(`the limit is ${MAX_ENDPOINTS}`);
      endpoints.forEach(checkKept);
      await this.#file.write(endpoints);
      this.#endpoints = endpoints;
    });
  }
}

/** Returns the endpoint unchanged. Refuses as REQUEST_INVALID one that could not be read back. */
export function checkKept(kept: KeptEndpoint): KeptEndpoint {
  const issue = keptSchema.safeParse(kept).error?.issues[0];
  if (issue === undefined) return kept;
  throw refused(`its ${String(issue.path[0])} is empty or too long`);
}

function refused(reason: string): StudioError {
  return new StudioError("REQUEST_INVALID", { field: "The endpoint", value: "kept", reason });
}
