import { archiveNameSchema } from "../contract/archives.ts";
import type { StoredModel } from "../contract/models.ts";
import { type KnownModel, unreadable, UNREAD_MODEL } from "../serving/picture-engine.ts";
import { wantedDevice } from "../worker/device-list.ts";
import type { Looked } from "../worker/model-reader.ts";
import type { SettingsFile } from "../settings/settings-file.ts";
import type { DrawingParts } from "./open-drawing.ts";

interface Parts extends Pick<DrawingParts, "store" | "models" | "devices"> {
  readonly settings: Pick<SettingsFile, "read">;
  /** Told when another model is served, or none any more. */
  readonly onServed: () => void;
}

/** What the store has is asked of it again after this long at the latest: folders change by hand, too. */
const MODELS_MS = 5000;

/** The models of the store, as clients are told of them. */
export class ServedModels {
  readonly #parts: Parts;
  /** Models that there are, and their other names; undefined while that is not known. */
  #ids: ReadonlyMap<string, readonly string[]> | undefined;
  #stored:
    | { readonly models: Promise<readonly StoredModel[]>; readonly untilMs: number }
    | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** False where it is known that there is no such model. */
  mayHave(id: string): boolean {
    return this.#ids?.has(id) !== false;
  }

  /** A model's other names that are no other model's own. */
  aliasesOf(id: string): readonly string[] {
    const aliases = this.#ids?.get(id) ?? [];
    return aliases.filter((alias) => this.#ids?.has(alias) !== true);
  }

  /** Says that models have come, gone or changed. */
  forget(): void {
    this.#stored = undefined;
    this.#ids = undefined;
    const asked = this.#list();
    const learn = (models: readonly StoredModel[]): void => {
      if (this.#stored?.models !== asked) return;
      this.#ids = new Map(models.map((model) => [model.id, aliasesOf(model).aliases ?? []]));
      this.#parts.onServed();
    };
    asked.then(learn).catch(() => undefined);
  }

  /** All of them, while one is chosen, or none since one was unloaded. */
  async list(
    chosen: string | undefined,
    unloaded: string | undefined,
  ): Promise<readonly KnownModel[]> {
    const [stored, looked] = await Promise.all([this.#list(), this.#look(chosen)]);
    return stored.flatMap((model): KnownModel[] => {
      const { id, summary } = model;
      if (id === chosen) return [this.#chosenModel(model, looked)];
      if (summary === undefined) return [];
      const reason = id === unloaded ? "it was unloaded" : "another model is served";
      return [{ name: id, state: "unavailable", reason, summary }];
    });
  }

  #look(id: string | undefined): Promise<Looked> {
    if (id !== undefined) return this.#parts.models.look(id);
    return Promise.resolve({ error: undefined });
  }

  /** Ready while its files are whole; in trouble while there is no device to draw on. */
  #chosenModel(model: StoredModel, looked: Looked): KnownModel {
    const { id: name, summary = UNREAD_MODEL } = model;
    if ("error" in looked) {
      const reason = unreadable(looked.error);
      return { name, state: "unavailable", isWanted: true, reason, summary };
    }
    const known = { name, ...aliasesOf(model), ...looked, summary } as const;
    const { settings, devices } = this.#parts;
    const trouble = devices.whyIdle(wantedDevice(settings.read()));
    return { ...known, state: "ready", reason: "", ...(trouble !== undefined && { trouble }) };
  }

  #list(): Promise<readonly StoredModel[]> {
    const nowMs = performance.now();
    if (this.#stored === undefined || this.#stored.untilMs < nowMs) {
      const models = this.#parts.store.list();
      models.catch(() => (this.#stored = undefined));
      this.#stored = { models, untilMs: nowMs + MODELS_MS };
    }
    return this.#stored.models;
  }
}

/** A model that came in an archive answers under the name that its manifest gives it, as at TorchServe. */
function aliasesOf({ id, provenance }: StoredModel): Pick<KnownModel, "aliases"> {
  const name = provenance?.archive?.manifest.model.modelName;
  const isName = archiveNameSchema.safeParse(name).success;
  return name === undefined || name === id || !isName ? {} : { aliases: [name] };
}
