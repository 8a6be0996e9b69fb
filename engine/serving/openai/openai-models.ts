/** A model in OpenAI's list. */
export interface OpenaiModel {
  readonly id: string;
  readonly object: "model";
  /** Seconds since 1970: when it became available here. */
  readonly created: number;
  readonly owned_by: string;
}

const CREATED = Math.floor(performance.timeOrigin / 1000);

export function openaiModel(id: string): OpenaiModel {
  return { id, object: "model", created: CREATED, owned_by: "darkroom" };
}

/** `GET /v1/models` of OpenAI's API. */
export function openaiModels(names: readonly string[]): {
  readonly object: "list";
  readonly data: readonly OpenaiModel[];
} {
  return { object: "list", data: names.map(openaiModel) };
}
