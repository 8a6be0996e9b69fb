import { archiveNameSchema } from "../contract/archives.ts";
import type { StoredModel } from "../contract/models.ts";
import { type KnownModel, unreadable, UNREAD_MODEL } from "../serving/picture-engine.ts";
import { wantedDevice } from "../worker/device-list.ts";
import type { Looked } from "../worker/model-reader.ts";
import type { SettingsFile } from "../settings/settings-file.ts";
import type { DrawingParts } from "./open-drawing.ts";

interface Parts extends Pick<DrawingParts, "store" | "models" | "devices"> {
  readonly settings: Pick<SettingsFile, "read">;
  /** Called when another model is served, or none. */
  readonly onServed: () => void;
}

/** The store is read again at least this often, since folders can be changed by hand. */
const MODELS_MS = 5000;

/** The models of the store as the inference server presents them. */
export class ServedModels {
  readonly #parts: Parts;
  /** Existing models and their other names; undefined until known. */
  #ids: ReadonlyMap<string, readonly string[]> | undefined;
  #stored:
    | { readonly models: Promise<readonly StoredModel[]>; readonly untilMs: number }
    | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** False if it is known that there is no such model. */
  mayHave(id: string): boolean {
    return this.#ids?.has(id) !== false;
  }

  /** A model's other names, except those that are another model's own. */
  aliasesOf(id: string): readonly string[] {
    const aliases = this.#ids?.get(id) ?? [];
    return aliases.filter((alias) => this.#ids?.has(alias) !== true);
  }

  /** To be called when models were added, removed or changed. */
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

  /** All models, with the chosen one; none is chosen after an unload. */
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

  /** Ready if its files are complete; in trouble if there is no device. */
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

/** A model from an archive also has the name in its manifest, as in TorchServe. */
function aliasesOf({ id, provenance }: StoredModel): Pick<KnownModel, "aliases"> {
  const name = provenance?.archive?.manifest.model.modelName;
  const isName = archiveNameSchema.safeParse(name).success;
  return name === undefined || name === id || !isName ? {} : { aliases: [name] };
}
