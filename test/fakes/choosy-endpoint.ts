import { z } from "zod";
import { type Answer, always } from "./stand-in-endpoint.ts";
import { EDGE, notebookService } from "./notebook-service.ts";

const bodySchema = z.object({
  inputs: z.array(z.object({ name: z.string(), data: z.array(z.unknown()) })),
});

/** Inputs of a request by name. */
export function inputsOf(body: string): ReadonlyMap<string, unknown> {
  const { inputs } = bodySchema.parse(JSON.parse(body));
  return new Map(inputs.map(({ name, data }) => [name, data[0]]));
}

export interface Choosiness {
  /** Inputs that affect its pictures. */
  readonly uses: readonly string[];
  /** Inputs that it answers with 400. */
  readonly refuses?: readonly string[];
  /** Inputs that its handler fails on. */
  readonly failsOn?: readonly string[];
  /** Difference between two pictures with the same settings, in levels. */
  readonly noise?: number;
  /** Whether every picture is different, whatever is requested. */
  readonly isRandom?: boolean;
}

/** A fake service that declares no inputs; its pictures depend only on the inputs given in `uses`. */
export function choosyEdge({
  uses,
  refuses = [],
  failsOn = [],
  noise = 0,
  isRandom,
}: Choosiness): Answer {
  let drawn = 0;
  return (response, request, count) => {
    if (!request.path.endsWith("/infer")) return notebookService()(response, request, count);
    const inputs = inputsOf(request.body);
    const refused = refuses.find((name) => inputs.has(name));
    if (refused !== undefined) {
      const error = JSON.stringify({ error: `unexpected input ${refused}` });
      return always(400, error)(response, request, count);
    }
    if (failsOn.some((name) => inputs.has(name))) {
      return EDGE.handlerFailed(response, request, count);
    }
    drawn++;
    const seen = uses.map((name) => [name, inputs.get(name)]);
    const hash = hashOf(JSON.stringify(isRandom === true ? drawn : seen));
    const [width, height] = ["width", "height"].map((name) =>
      uses.includes(name) ? Number(inputs.get(name) ?? 4) : 4,
    );
    const answer = notebookService(picture(width ?? 4, height ?? 4, hash, noise * (drawn % 2)));
    answer(response, request, count);
  };
}

function picture(width: number, height: number, hash: number, noise: number): number[][][] {
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) =>
      [1, 2, 3].map((c) => ((hash * c + x * 7 + y * 13) % 200) + noise),
    ),
  );
}

function hashOf(text: string): number {
  return Buffer.from(text).reduce((hash, byte) => (hash * 31 + byte) % 9973, 7);
}
