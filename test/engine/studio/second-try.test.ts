import { createServer } from "node:net";
import { once } from "node:events";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Generation } from "../../../engine/contract/generation.ts";
import { clientOf } from "../../../engine/server/client-of.ts";
import { certificate } from "../../fakes/certificates.ts";
import { notebookService } from "../../fakes/notebook-service.ts";
import { always, type Answer, standInEndpoint } from "../../fakes/stand-in-endpoint.ts";
import { studioInProcess } from "../../fakes/studio-in-process.ts";

const json = (status: number, error: string): Answer => always(status, JSON.stringify({ error }));
const ENVOY = "upstream connect error or disconnect/reset before headers. reset reason:";
/** Longer than the studio waits, so that a generation without a further target ends at once. */
const RETRY = { "content-type": "application/json", "retry-after": "400" };

/** The target's answer, and whether another may be asked after it. */
const ANSWERS: Readonly<Record<string, { readonly answer: Answer; readonly isNever: boolean }>> = {
  "401": { answer: json(401, "Unauthorized"), isNever: true },
  "403": { answer: json(403, "forbidden"), isNever: true },
  "a sign-in page": {
    answer: (response) => response.writeHead(302, { location: "/oauth/sign_in" }).end(),
    isNever: true,
  },
  "404 of a model": { answer: json(404, "Model x not found"), isNever: true },
  "404 of a router": { answer: always(404, ""), isNever: true },
  "429": { answer: always(429, '{"error":"too many"}', RETRY), isNever: true },
  "503 before any work": { answer: always(503, '{"error":"full"}', RETRY), isNever: true },
  "a circuit breaker": { answer: always(503, `${ENVOY} overflow`, RETRY), isNever: true },
  "no server behind the router": { answer: always(503, "no healthy upstream", {}), isNever: true },
  "503 in the middle": {
    answer: always(503, `${ENVOY} connection termination`, {}),
    isNever: false,
  },
  "500": { answer: json(500, "it broke"), isNever: false },
  "502 of a gateway": {
    answer: always(502, "<html>Bad Gateway</html>", { "content-type": "text/html" }),
    isNever: false,
  },
  "504": { answer: json(504, "stream timeout"), isNever: false },
  "a cut connection": { answer: (response) => response.destroy(), isNever: false },
  "a reply that is not a picture": { answer: always(200, "{}"), isNever: false },
  "422": { answer: json(422, "steps too large"), isNever: false },
};

/** Cases in which no target is reached, so that nothing is sent. */
const UNREACHED = ["a refused connection", "no such host", "an unknown certificate"] as const;
type Outcome = string;

const isNever = (outcome: Outcome): boolean => ANSWERS[outcome]?.isNever ?? outcome !== "a picture";

/** A studio with an endpoint for every place of a press; the outcomes are set before each press. */
async function scene(places: number) {
  const studio = await studioInProcess({ drawsAtEndpoints: true });
  const { endpoints, generation } = clientOf(studio.router);
  const draws = notebookService();
  const stands = await Promise.all(
    Array.from({ length: places }, async () => {
      const place: { answer: Answer; asked: number } = { answer: draws, asked: 0 };
      const { url } = await standInEndpoint((response, request, count) => {
        if (request.method === "POST") place.asked++;
        place.answer(response, request, count);
      });
      const { id } = await endpoints.add({ url, model: "stable-diffusion", startSeconds: 0 });
      return { place, id };
    }),
  );
  const stranger = await standInEndpoint(draws, await certificate());
  const urls = {
    "a refused connection": `http://127.0.0.1:${await closedPort()}`,
    "no such host": "https://darkroom.invalid",
    "an unknown certificate": stranger.url,
  };
  const unreached = Object.fromEntries(
    await Promise.all(
      UNREACHED.map(
        async (name) =>
          [name, (await endpoints.add({ url: urls[name], startSeconds: 0 })).id] as const,
      ),
    ),
  );
  /** One press; returns where it was requested, in order, and how it ended. */
  const press = async (outcomes: readonly Outcome[]) => {
    for (const { place } of stands) place.asked = 0;
    const targets = outcomes.map((outcome, i) => {
      const stand = stands[i];
      if (stand === undefined) throw new Error("more outcomes than places");
      stand.place.answer = ANSWERS[outcome]?.answer ?? draws;
      return unreached[outcome] ?? stand.id;
    });
    const requests = targets.map((target) => ({ prompt: "a dog", seed: "7", count: 1, target }));
    const [first, ...elsewhere] = requests;
    if (first === undefined) throw new Error("no target");
    const { generationIds } = await generation.enqueue({ ...first, elsewhere });
    const ended = await endOf(() => generation.get({ id: generationIds[0] ?? "" }));
    const asked = outcomes.map((outcome, i) =>
      unreached[outcome] === undefined ? stands[i]?.place.asked : 0,
    );
    return { ended, asked, targets };
  };
  return { press, stranger };
}

async function endOf(look: () => Promise<Generation>): Promise<Generation> {
  for (;;) {
    const generation = await look();
    if (generation.endedAt !== undefined) return generation;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}

const ALL: readonly Outcome[] = [...Object.keys(ANSWERS), ...UNREACHED, "a picture"];

test("a request that never started is tried at the next target, one that may have started is not", async () => {
  const { press, stranger } = await scene(2);
  for (const outcome of ALL) {
    const { ended, asked, targets } = await press([outcome, "a picture"]);
    const isMoved = isNever(outcome);
    const seen = { outcome, state: ended.state, target: ended.target, second: asked[1] };
    expect(seen).toEqual({
      outcome,
      state: isMoved || outcome === "a picture" ? "done" : "failed",
      target: targets[isMoved ? 1 : 0],
      second: isMoved ? 1 : 0,
    });
    expect(ended.tried?.map(({ target }) => target)).toEqual(isMoved ? [targets[0]] : undefined);
  }
  expect(stranger.seen).toEqual([]);
});

test("whatever the targets do, each is asked at most once, and none after one that may have started", async () => {
  const { press } = await scene(4);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...ALL), { minLength: 1, maxLength: 4 }),
      async (outcomes) => {
        const { ended, asked, targets } = await press(outcomes);
        const stop = outcomes.findIndex((outcome) => !isNever(outcome));
        const last = stop === -1 ? outcomes.length - 1 : stop;
        expect(ended.target).toBe(targets[last]);
        expect(ended.state).toBe(outcomes[last] === "a picture" ? "done" : "failed");
        expect(ended.tried?.length ?? 0).toBe(last);
        expect(ended.elsewhere?.length ?? 0).toBe(outcomes.length - 1 - last);
        expect(asked.slice(last + 1).every((count) => count === 0)).toBe(true);
        // The last target has no successor: it may be asked again if it is busy.
        expect(asked.slice(0, -1).every((count = 0) => count <= 1)).toBe(true);
      },
    ),
    { numRuns: 25 },
  );
}, 60_000);
