import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getEventMeta } from "@orpc/client";
import { afterAll, beforeAll, vi } from "vitest";
import type { StudioEvent } from "../../engine/contract/events.ts";
import type { Generation, GenerationState } from "../../engine/contract/generation.ts";
import type { StudioClient } from "../../engine/contract/studio-client.ts";
import type { ReachedStudio, Transport } from "./transports.ts";

/** Long enough to load a model on a busy machine. */
const PATIENCE = { timeout: 50_000, interval: 20 };

/** A very quick picture of the starter. */
export const QUICK = { prompt: "a red ball", steps: 2, width: 64, height: 64, seed: "7" } as const;

/** A picture that is still being drawn when the test has seen enough. */
export const LONG = { ...QUICK, steps: 1000 } as const;

/** One studio for all tests of a file, reached in one way; it can be restarted. */
export class StudioUnderTest {
  readonly #transport: Transport;
  readonly folder = mkdtempSync(join(tmpdir(), "darkroom-test-"));
  #reached: ReachedStudio | undefined;

  private constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Opened before the tests of the current `describe`, closed after them. */
  static over(transport: Transport): StudioUnderTest {
    const studio = new StudioUnderTest(transport);
    beforeAll(() => studio.open());
    afterAll(async () => {
      await studio.close();
      rmSync(studio.folder, { recursive: true, force: true });
    });
    return studio;
  }

  get client(): StudioClient {
    return this.#open.client;
  }

  picture(address: string): Promise<Uint8Array> {
    return this.#open.picture(address);
  }

  async open(): Promise<void> {
    this.#reached = await this.#transport.open(this.folder);
  }

  async close(): Promise<void> {
    await this.#reached?.close();
    this.#reached = undefined;
  }

  /** Waits until the generation is in this state. */
  until(id: string, state: GenerationState): Promise<Generation> {
    return vi.waitFor(async () => {
      const generation = await this.client.generation.get({ id });
      if (generation.state === state) return generation;
      throw new Error(`it is ${generation.state}: ${JSON.stringify(generation.error)}`);
    }, PATIENCE);
  }

  /** Waits until `steps` steps of the generation are done. */
  untilStep(id: string, steps: number): Promise<Generation> {
    return vi.waitFor(async () => {
      const generation = await this.client.generation.get({ id });
      if ((generation.progress?.step ?? 0) >= steps) return generation;
      throw new Error(`it is ${generation.state} at step ${generation.progress?.step}`);
    }, PATIENCE);
  }

  get #open(): ReachedStudio {
    if (this.#reached === undefined) throw new Error("the studio is not open");
    return this.#reached;
  }
}

/** Records what happens in a studio from now on. */
export class Listener {
  readonly events: StudioEvent[] = [];
  readonly #leave = new AbortController();
  /** Id of the last event. */
  lastId: string | undefined;

  /** Resolves once it receives events; `lastEventId` is where it resumes. */
  static async at(client: StudioClient, lastEventId?: string): Promise<Listener> {
    const listener = new Listener();
    const { signal } = listener.#leave;
    const stream = await client.events.subscribe(undefined, { signal, lastEventId });
    void listener.#hear(stream).catch(() => undefined);
    if (lastEventId === undefined) await listener.until(({ type }) => type === "reset");
    return listener;
  }

  /** The first event that matches, whether it has happened already or is still to come. */
  until(isWanted: (event: StudioEvent) => boolean): Promise<StudioEvent> {
    return vi.waitFor(() => {
      const found = this.events.find(isWanted);
      if (found !== undefined) return found;
      throw new Error(`only ${this.events.map(({ type }) => type).join(", ")}`);
    }, PATIENCE);
  }

  leave(): void {
    this.#leave.abort();
  }

  async #hear(stream: AsyncIterable<StudioEvent>): Promise<void> {
    for await (const event of stream) {
      this.lastId = getEventMeta(event)?.id ?? this.lastId;
      this.events.push(event);
    }
  }
}
