import { publishedConfig } from "../../engine/archive/serving-form.ts";
import type { Image } from "../../engine/contract/gallery.ts";
import { isNamedAsPicture } from "../../engine/contract/picture-files.ts";
import { presetSettings } from "../../engine/contract/presets.ts";
import { StudioError, toWire } from "../../engine/contract/errors.ts";
import type { StudioEvent } from "../../engine/contract/events.ts";
import { type Generation, LOCAL_TARGET } from "../../engine/contract/generation.ts";
import type { Order } from "../../engine/contract/order.ts";
import type { Settings } from "../../engine/contract/settings.ts";
import type { Transfer } from "../../engine/contract/transfers.ts";
import type { StudioClient } from "../../engine/contract/studio-client.ts";
import { cellRequests, checkGrid, countCells } from "../../engine/contract/grid.ts";
import { archiveOf } from "./fake-archive.ts";
import { foldersOf, scanOf } from "./fake-folders.ts";
import { FakeBuckets } from "./fake-buckets.ts";
import { FakeClusters } from "./fake-clusters.ts";
import { manifestCommands } from "./fake-deploy.ts";
import { FakeEndpoints } from "./fake-endpoints.ts";
import { FakeServer } from "./fake-server.ts";
import { styleCommands } from "./fake-styles.ts";
import { draw, pictureOf, previewOf } from "./fake-pictures.ts";
import {
  CATALOGUE,
  TINY_DECODERS,
  downloadOf,
  generationOf,
  imageOf,
  openOrderOf,
  orderOf,
  STABLE_DIFFUSION,
  STARTER,
} from "./fake-studio-rows.ts";
import { ConnectionLost } from "../../renderer/connection/failure.ts";

/** The scenes that can be shown. */
export type Scene = "empty" | "welcome" | "few" | "many" | "busy" | "failed" | "lost" | "damaged";

const COUNT: Readonly<Record<Scene, number>> = {
  empty: 0,
  welcome: 0,
  few: 3,
  many: 500,
  busy: 8,
  failed: 3,
  lost: 3,
  damaged: 3,
};

/** The notices of a studio that found two damaged files and a token that expires. */
const NOTICES = [
  {
    text: "settings.json could not be used (it is not JSON). It was kept as settings.damaged.json, and the studio started without it.",
  },
  {
    text: "The queue was damaged and starts empty; what was left of it is kept as queue.damaged.sqlite.",
  },
  {
    text: "The token of the endpoint kt2 expires at 2026-11-25 13:00 UTC. Make a new one and enter it.",
    endpointId: "kt2",
  },
];
const STEP_MS = 160;

/**
 * A studio in a page's memory, for looking at screens: it draws nothing but reports everything that a real one reports.
 * Use `?fake=SCENE` in the dev server, and `&slow=MS` for longer steps.
 */
export class FakeStudio {
  readonly #images = new Map<string, Image>();
  #albums: readonly string[] = [];
  readonly #generations = new Map<string, Generation>();
  readonly #listeners = new Set<(event: StudioEvent) => void>();
  readonly #buckets: FakeBuckets;
  readonly #clusters: FakeClusters;
  readonly #endpoints: FakeEndpoints;
  readonly #server: FakeServer;
  readonly #scene: Scene;
  readonly #stepMs: number;
  #transfers: Transfer[] = [];
  #isPaused = false;
  #form: Record<string, unknown> = {};
  #settings: Settings;
  #next = 0;

  constructor(scene: Scene, stepMs = STEP_MS) {
    this.#scene = scene;
    this.#buckets = new FakeBuckets(scene, (event) => this.#tell(event));
    this.#clusters = new FakeClusters(scene, (event) => this.#tell(event));
    this.#endpoints = new FakeEndpoints(scene, (event) => this.#tell(event));
    this.#server = new FakeServer(scene, (event) => this.#tell(event));
    this.#stepMs = stepMs;
    this.#settings = {
      theme: "system",
      device: "auto",
      model: "starter",
      fileNamePattern: "{date}/{prompt}-{seed}",
      scaling: "smooth",
      keepInTray: false,
      notify: true,
      notifyWhen: "background",
      longRunSeconds: 10,
      notifySound: false,
      tinyForFast: false,
      language: "en",
      isIntroduced: scene !== "welcome",
      seenVersion: "0.1.0",
    };
    this.#furnish();
    setInterval(() => this.#step(), this.#stepMs);
  }

  #furnish(): void {
    for (let index = 0; index < COUNT[this.#scene]; index++) {
      const order = index % 5 === 3 ? orderOf(index, 192, 128) : orderOf(index);
      const image = imageOf(order, index);
      this.#images.set(image.id, image);
      if (index < 12) {
        const done = generationOf(order, index + 10, { state: "done", imageId: image.id });
        this.#generations.set(done.id, done);
      }
    }
    if (this.#scene === "busy") {
      for (let index = 0; index < 4; index++)
        this.#put(generationOf(orderOf(20 + index), 4 - index, {}));
      this.#transfers = [downloadOf("running")];
    }
    if (COUNT[this.#scene] > 3) this.#albums = ["Best of November", "For the calendar"];
    if (COUNT[this.#scene] > 0) this.#furnishEndpoints();
    if (this.#scene === "failed") this.#fail();
    this.#next = 1000;
  }

  /** A picture from an endpoint that reported no settings, and pictures still in progress there. */
  #furnishEndpoints(): void {
    const order = openOrderOf("a lighthouse on a cliff at dawn, oil painting");
    const image = { ...imageOf(order, 1, "kt2"), id: "image-kt2" };
    this.#images.set(image.id, image);
    const done = generationOf(order, 22, { target: "kt2", state: "done", imageId: image.id });
    this.#generations.set(done.id, done);
    if (this.#scene === "busy")
      this.#put(generationOf(openOrderOf("a quiet kitchen"), 0, { target: "kt2" }));
  }

  #fail(): void {
    const refused = toWire(new StudioError("ENDPOINT_TOKEN_REFUSED", { reason: "401" }));
    const outcome = { target: "staging", state: "failed", error: refused } as const;
    this.#put(generationOf(openOrderOf("a blue house"), -1, outcome));
    const codes = [
      "OUT_OF_MEMORY",
      "INFERENCE_CRASHED",
      "NOT_FINITE",
      "DISK_FULL",
      "SNAPSHOT_NOT_FOUND",
    ] as const;
    const details = {
      doing: "decoding",
      reason: "SIGKILL",
      network: "UNet",
      step: 4,
      path: "/data/gallery",
      needed: "1.2 MB",
    };
    for (const [index, code] of codes.entries()) {
      const error = toWire(new StudioError(code, details));
      this.#put(generationOf(orderOf(index), index, { state: "failed", error }));
    }
    this.#put(generationOf(orderOf(5), 6, { state: "cancelled" }));
    this.#put(generationOf(orderOf(6), 7, { state: "interrupted" }));
    this.#transfers = [
      {
        ...downloadOf("failed"),
        error: toWire(new StudioError("HUB_UNREACHABLE", { host: "hub", reason: "timed out" })),
      },
    ];
  }

  #put(generation: Generation): void {
    this.#generations.set(generation.id, generation);
    this.#tell({ type: "generations-changed", generations: [generation] });
  }

  #tell(event: StudioEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #open(): Generation[] {
    return [...this.#generations.values()].filter(
      ({ state }) => state === "waiting" || state === "running",
    );
  }

  #queueChanged(): void {
    const openIds = this.#open().map(({ id }) => id);
    this.#tell({ type: "queue-changed", isPaused: this.#isPaused, openIds });
  }

  /** One step of every running generation, here and at each endpoint. */
  #step(): void {
    const lanes = new Set([LOCAL_TARGET, ...this.#open().map(({ target }) => target)]);
    for (const lane of lanes) {
      const running = this.#open().find(
        ({ state, target }) => state === "running" && target === lane,
      );
      if (running === undefined) this.#begin(lane);
      else if (lane === LOCAL_TARGET) this.#draw(running);
      else this.#ask(running);
    }
  }

  /** A picture from an endpoint: nothing is known about it until it arrives. */
  #ask(running: Generation): void {
    const elapsedSeconds = (running.progress?.elapsedSeconds ?? 0) + this.#stepMs / 1000;
    const expectedSeconds = this.#endpoints.of(running.target)?.medianSeconds;
    if (elapsedSeconds > (expectedSeconds ?? 8)) return this.#finish(running);
    running.progress = {
      stage: "asking",
      step: 0,
      steps: 0,
      elapsedSeconds,
      ...(expectedSeconds !== undefined && { expectedSeconds }),
    };
    this.#tell({ type: "progress", generationId: running.id, progress: running.progress });
  }

  #draw(running: Generation): void {
    const { order, progress } = running;
    const { steps = 30 } = order;
    const step = (progress?.step ?? 0) + 1;
    if (step > steps) return this.#finish(running);
    const seed = Number(order.seed) % 2 ** 31;
    const secondsPerStep = this.#stepMs / 1000;
    running.progress = {
      stage: step === steps ? "decoding" : "denoising",
      step,
      steps,
      secondsPerStep,
      secondsLeft: (steps - step) * secondsPerStep,
      preview: previewOf(draw(order.prompt, seed), 1 - step / steps, seed + step),
    };
    this.#tell({ type: "progress", generationId: running.id, progress: running.progress });
  }

  #begin(lane: string): void {
    const next = this.#open().find(({ target }) => target === lane);
    if (next === undefined || this.#isPaused) return;
    const stage = lane === LOCAL_TARGET ? "loading" : "asking";
    const progress = { stage, step: 0, steps: next.order.steps ?? 0 } as const;
    this.#put({ ...next, state: "running", startedAt: new Date().toISOString(), progress });
  }

  #finish(running: Generation): void {
    const image = imageOf(running.order, 0, running.target);
    const id = `image-${this.#next++}`;
    const made = { ...image, id, createdAt: new Date().toISOString(), isStarred: false };
    this.#images.set(id, made);
    this.#tell({ type: "images-changed", images: [made] });
    this.#put({
      ...running,
      progress: undefined,
      state: "done",
      endedAt: made.createdAt,
      imageId: id,
    });
    this.#queueChanged();
  }

  #imagesOf(ids: readonly string[]): Image[] {
    return ids.flatMap((id) => this.#images.get(id) ?? []);
  }

  #changeImages(ids: readonly string[], change: Partial<Image>): void {
    for (const image of this.#imagesOf(ids)) this.#images.set(image.id, { ...image, ...change });
    this.#tell({ type: "images-changed", images: this.#imagesOf(ids) });
  }

  #idsIn(album: string): string[] {
    const images = [...this.#images.values()];
    return images.filter(({ albums }) => albums.includes(album)).map(({ id }) => id);
  }

  /** Moves pictures from one album to another, or only removes or adds them. */
  #inAlbum(from: string | undefined, ids: readonly string[], to: string | undefined): void {
    for (const { id, albums } of this.#imagesOf(ids)) {
      const others = albums.filter((one) => one !== from && one !== to);
      this.#changeImages([id], { albums: to === undefined ? others : [...others, to] });
    }
  }

  #changeAlbums(albums: readonly string[]): void {
    this.#albums = albums;
    this.#tell({ type: "albums-changed" });
  }

  #listAlbums() {
    return this.#albums.map((name) => {
      const ids = this.#idsIn(name);
      const [cover] = this.#imagesOf(ids);
      return {
        name,
        count: ids.length,
        ...(cover && { cover: { id: cover.id, thumbnail: cover.thumbnail } }),
      };
    });
  }

  #end(ids: readonly string[], state: Generation["state"]): void {
    for (const id of ids) {
      const generation = this.#generations.get(id);
      if (generation) this.#put({ ...generation, state, progress: undefined });
    }
    this.#queueChanged();
  }

  async *#follow(signal: AbortSignal | undefined): AsyncGenerator<StudioEvent> {
    yield { type: "reset" };
    const waiting: StudioEvent[] = [];
    let wake = () => {};
    const listener = (event: StudioEvent) => {
      waiting.push(event);
      wake();
    };
    this.#listeners.add(listener);
    const isLeft = () => signal?.aborted === true;
    signal?.addEventListener("abort", () => wake());
    while (!isLeft()) {
      const event = waiting.shift();
      if (event) yield event;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
    this.#listeners.delete(listener);
  }

  /** The client, as the pages call it. */
  client(): StudioClient {
    return {
      events: {
        subscribe: (async (_, options) => {
          if (this.#scene === "lost") throw new ConnectionLost();
          return this.#follow(options?.signal);
        }) as StudioClient["events"]["subscribe"],
      },
      generation: this.#generationCommands(),
      queue: {
        get: async () => ({
          isPaused: this.#isPaused,
          generations: [
            ...this.#open(),
            ...[...this.#generations.values()].filter((g) => !this.#open().includes(g)),
          ],
        }),
        pause: async () => this.#pause(true),
        resume: async () => this.#pause(false),
      },
      gallery: this.#galleryCommands(),
      models: this.#modelCommands(),
      archives: {
        pack: async () => ({ transferId: this.#transfers[0]?.id ?? "" }),
        config: async ({ name, version }) => ({
          text: new TextDecoder().decode(publishedConfig(name, version).bytes()),
        }),
        inspect: async () => archiveOf(this.#scene === "failed"),
      },
      transfers: {
        list: async () => this.#transfers,
        pause: async () => this.#changeTransfers("paused"),
        resume: async () => this.#changeTransfers("running"),
        cancel: async () => this.#changeTransfers("cancelled"),
        clear: async () => {
          this.#tell({ type: "transfers-removed", ids: this.#transfers.map(({ id }) => id) });
          this.#transfers = [];
        },
      },
      devices: {
        cudaOffer: async () => ({
          isInstalled: false,
          hasCard: this.#scene !== "empty",
          downloadBytes: 1_187_995_629,
          installedBytes: 1_654_206_872,
          peakBytes: 1_700_000_000,
          freeBytes: 71_500_000_000,
          licences: [
            {
              title: "NVIDIA CUDA Toolkit End User License Agreement",
              url: "https://docs.nvidia.com/cuda/eula/",
              text: "End User License Agreement\n--------------------------\n\nPreface\n".repeat(
                40,
              ),
            },
          ],
        }),
        removeCuda: async () => {},
        installCuda: async () => {
          const fetched = { ...downloadOf("running"), id: "transfer-2", kind: "cuda" as const };
          this.#transfers = [
            ...this.#transfers,
            { ...fetched, name: "ONNX Runtime", note: undefined },
          ];
          this.#tell({ type: "transfers-changed", transfers: this.#transfers });
          return { transferId: "transfer-2" };
        },
        list: async () => [
          {
            provider: "cuda",
            available: false,
            float16: false,
            reason:
              this.#scene === "empty"
                ? "no NVIDIA card was found"
                : "its libraries are not installed",
          },
          { provider: "webgpu", available: false, float16: false, reason: "no adapter was found" },
          {
            provider: "cpu",
            available: true,
            name: "AMD EPYC 9R14",
            float16: false,
            int8Bits: 8,
            seconds: 0.021,
          },
        ],
      },
      settings: {
        get: async () => this.#settings,
        change: async (change) => {
          const given = Object.entries(change).map(([name, value]) => [name, value ?? undefined]);
          this.#settings = { ...this.#settings, ...Object.fromEntries(given) };
          this.#tell({ type: "settings-changed", settings: this.#settings });
          return this.#settings;
        },
        readForm: async () => this.#form as never,
        writeForm: async (form) => {
          this.#form = form;
        },
      },
      styles: styleCommands(() => this.#tell({ type: "styles-changed" })),
      secrets: {
        status: async () => [
          { name: "hub-token", isSet: false, isFromEnvironment: false, vault: "keyring" },
        ],
        set: async () => {},
        remove: async () => {},
        check: async () => ({ isAccepted: true, account: "ada" }),
      },
      buckets: this.#buckets.client(),
      clusters: this.#clusters.clusters(),
      deploy: { ...manifestCommands(), ...this.#clusters.deployments() },
      endpoints: this.#endpoints.client(),
      server: this.#server.client(),
      machine: {
        folders: async ({ path = "/home/ada" }) => foldersOf(path),
        places: async () => [
          { name: "ada", path: "/home/ada" },
          { name: "ComfyUI", path: "/home/ada/ComfyUI/models" },
          { name: "/", path: "/" },
        ],
        get: async () => ({
          version: "0.1.0",
          platform: "linux-x64",
          dataFolder: "/home/ada/.local/share/darkroom",
          pictureFolder: "/home/ada/.local/share/darkroom/gallery",
          memory: { total: 16_700_000_000, free: 9_100_000_000, studio: 420_000_000 },
          disk: { total: 512_000_000_000, free: 188_000_000_000 },
          device: {
            provider: "cpu",
            name: "AMD Ryzen 7 5800X",
            fallback: "CUDA: its libraries are not installed",
          },
          loadedModel: "starter",
          estimate: { seconds: 1680, secondsPerStep: 33, loadSeconds: 4, basis: "estimated" },
          presets: [
            { preset: "exact", seconds: 1680 },
            { preset: "balanced", seconds: 450 },
            { preset: "fast", seconds: 120 },
          ],
          notices: this.#scene === "damaged" ? NOTICES : [],
        }),
        open: async () => ({ url: "http://127.0.0.1:7860/#code=3f9a-22c1" }),
      },
    };
  }

  async #pause(isPaused: boolean): Promise<void> {
    this.#isPaused = isPaused;
    this.#queueChanged();
  }

  async #changeTransfers(state: Transfer["state"]): Promise<void> {
    this.#transfers = this.#transfers.map((transfer) => ({
      ...downloadOf(state),
      id: transfer.id,
    }));
    this.#tell({ type: "transfers-changed", transfers: this.#transfers });
  }

  #generationCommands(): StudioClient["generation"] {
    return {
      enqueue: async (request) => {
        const ids: string[] = [];
        for (let index = 0; index < (request.count ?? 1); index++) {
          const seed = String(
            BigInt(request.seed ?? Math.floor(Math.random() * 2 ** 31)) + BigInt(index),
          );
          const { count: _, isFirst: __, target = LOCAL_TARGET, ...asked } = request;
          const given = Object.entries({ ...asked, seed }).filter(
            ([, value]) => value !== undefined,
          );
          const order: Order = this.#orderFor(target, Object.fromEntries(given));
          const id = `generation-${200_000 + this.#next++}`;
          ids.push(id);
          const createdAt = new Date().toISOString();
          this.#put({ ...generationOf(order, 0, { target }), id, createdAt });
        }
        this.#queueChanged();
        return { generationIds: ids };
      },
      enqueueGrid: async ({ request, grid: { x, y } }) => {
        const grid = { id: `grid-${this.#next}`, x, ...(y && { y }) };
        const createdAt = new Date().toISOString();
        const generationIds = cellRequests({ seed: "7", ...request }, { x, y }).map((cell) => {
          const { count: _, target = LOCAL_TARGET, ...asked } = cell.request;
          const given = Object.entries(asked).filter(([, value]) => value !== undefined);
          const order = {
            ...this.#orderFor(target, Object.fromEntries(given)),
            grid: { ...grid, column: cell.column, row: cell.row },
          };
          const id = `generation-${200_000 + this.#next++}`;
          this.#put({ ...generationOf(order, 0, { target }), id, createdAt });
          return id;
        });
        this.#queueChanged();
        return { generationIds };
      },
      estimateGrid: async ({ request, grid }) => {
        checkGrid(grid, request);
        return { cells: countCells(grid), seconds: 4 * countCells(grid) };
      },
      get: async ({ id }) => {
        const generation = this.#generations.get(id);
        if (!generation) throw new StudioError("NOT_FOUND", { what: "generation", id });
        return generation;
      },
      cancel: async ({ ids }) => this.#end(ids, "cancelled"),
      cancelOthers: async () =>
        this.#end(
          this.#open()
            .filter(({ state }) => state === "waiting")
            .map(({ id }) => id),
          "cancelled",
        ),
      retry: async ({ ids }) => this.#end(ids, "waiting"),
      move: async () => this.#queueChanged(),
      prune: async ({ ids }) => {
        const open = new Set(this.#open().map(({ id }) => id));
        const gone = ids ?? [...this.#generations.keys()].filter((id) => !open.has(id));
        for (const id of gone) this.#generations.delete(id);
        this.#tell({ type: "generations-removed", ids: gone });
      },
      estimate: async ({ steps, width = 128, height = 128, preset = "exact", target = "" }) => {
        const { medianSeconds, medianOf } = this.#endpoints.of(target) ?? {};
        if (medianSeconds !== undefined)
          return {
            seconds: medianSeconds,
            secondsPerStep: 0,
            loadSeconds: 0,
            basis: "measured",
            pictures: medianOf,
          };
        const isInt8 = preset !== "exact";
        const secondsPerStep = 0.07 * ((width * height) / 128 ** 2) ** 1.3 * (isInt8 ? 0.5 : 1);
        const own = { steps: width > 128 ? 50 : 30, isDistilled: false };
        const taken = steps ?? presetSettings(preset, own).steps ?? own.steps;
        return {
          seconds: taken * secondsPerStep,
          secondsPerStep,
          loadSeconds: 0.4,
          basis: "measured",
        };
      },
      decoders: async () => ["own"],
      countTokens: async ({ prompt }) => {
        const words = [...prompt.matchAll(/\S+/g)];
        const cut = words[75];
        return { count: words.length, limit: 75, ...(cut && { cutAt: cut.index }) };
      },
      addInitImage: async () => this.#initImage(),
      useAsInitImage: async () => this.#initImage(),
      getInitImage: async () => this.#initImage(),
      recall: async ({ file }) => {
        if (this.#scene === "failed")
          throw new StudioError("NO_GENERATION_DATA", {
            file: file.name,
            reason: "the file holds no settings",
          });
        return { record: imageOf(orderOf(3), 3).record, writer: "darkroom" };
      },
      record: async () => ({
        v2: "{}\n",
        curl: "curl 'http://127.0.0.1:8080/v2/models/stable-diffusion/infer'\n",
        requests: "import requests\n",
        triton: "import tritonclient.http as triton\n",
        variables: ["DARKROOM_TOKEN"],
      }),
      readRecorded: async () => ({
        requests: [{ prompt: orderOf(3).prompt, steps: 20, seed: "7" }],
      }),
    };
  }

  #orderFor(target: string, asked: Partial<Order>): Order {
    const endpoint = this.#endpoints.of(target);
    if (endpoint === undefined) return { ...orderOf(1), ...asked };
    if (endpoint.profile === "full") return { ...orderOf(1), ...asked, model: endpoint.model };
    return openOrderOf(asked.prompt ?? "", endpoint.model);
  }

  #initImage() {
    const address = pictureOf(draw("a green heart", 5), 128, 128);
    return { id: "init-1", width: 128, height: 128, address };
  }

  #galleryCommands(): StudioClient["gallery"] {
    return {
      import: async ({ file }) => {
        if (!isNamedAsPicture(file.name))
          throw new StudioError("IMAGE_UNREADABLE", {
            file: file.name,
            reason: "it is neither PNG nor JPEG nor WebP",
          });
        const id = `image-of-${file.name.replaceAll(/[^\w-]/g, "-")}`;
        const isNew = this.#images.get(id)?.isTrashed !== false;
        const image = { ...imageOf(orderOf(3), 3), id, fileName: file.name, isTrashed: false };
        this.#images.set(id, image);
        if (isNew) this.#tell({ type: "images-changed", images: [image] });
        return { id, isNew };
      },
      names: async (query) => {
        const search = query.search?.toLowerCase() ?? "";
        const found = [...this.#images.values()].filter(
          (image) =>
            image.isTrashed === (query.isTrashed ?? false) &&
            (query.isStarred !== true || image.isStarred) &&
            (query.model === undefined || image.record.model === query.model) &&
            (query.target === undefined || image.target === query.target) &&
            image.record.prompt.includes(search),
        );
        const sorted = found.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
        const days = Object.groupBy(sorted, ({ createdAt }) => createdAt.slice(0, 10));
        return {
          total: found.length,
          days: Object.entries(days).map(([day, images = []]) => ({
            day,
            ids: images.map(({ id }) => id),
          })),
        };
      },
      find: async ({ search, limit }) =>
        [...this.#images.values()]
          .filter(({ record }) => record.prompt.includes(search.toLowerCase()))
          .slice(0, limit),
      details: async ({ ids }) => this.#imagesOf(ids),
      get: async ({ id }) => {
        const [image] = this.#imagesOf([id]);
        if (!image) throw new StudioError("NOT_FOUND", { what: "picture", id });
        return image;
      },
      nameFor: async ({ pattern, ...values }) => ({
        name: `${pattern.replaceAll(/\{(\w+)\}/g, (all, name: string) => String({ ...values }[name as keyof typeof values] ?? all))}.png`,
      }),
      facets: async () => ({
        models: [
          { name: "Starter", count: 440 },
          { name: "Stable Diffusion 2", count: 60 },
        ],
        targets: [
          { name: "local", count: 500 },
          { name: "kt2", count: 1 },
        ],
        sizes: [
          { width: 128, height: 128, count: 400 },
          { width: 192, height: 128, count: 100 },
        ],
        tags: counted([...this.#images.values()].flatMap(({ tags }) => tags)),
        albums: this.#listAlbums(),
        starred: [...this.#images.values()].filter(({ isStarred }) => isStarred).length,
        trashed: [...this.#images.values()].filter(({ isTrashed }) => isTrashed).length,
        total: this.#images.size,
      }),
      star: async ({ ids, isStarred }) => this.#changeImages(ids, { isStarred }),
      mark: async ({ ids, rating, tag = [], untag = [] }) => {
        const relabelled = (tags: readonly string[]) => [
          ...new Set([...tags, ...tag]).difference(new Set(untag)),
        ];
        for (const { id, tags } of this.#imagesOf(ids))
          this.#changeImages([id], {
            ...(rating !== undefined && { rating }),
            tags: relabelled(tags),
          });
      },
      makeAlbum: async ({ name }) => this.#changeAlbums([...this.#albums, name]),
      changeAlbum: async ({ name, newName = name, place }) => {
        const others = this.#albums.filter((one) => one !== name);
        this.#inAlbum(name, this.#idsIn(name), newName);
        this.#changeAlbums(others.toSpliced(place ?? this.#albums.indexOf(name), 0, newName));
      },
      deleteAlbum: async ({ name }) => {
        const [ids, place] = [this.#idsIn(name), this.#albums.indexOf(name)];
        this.#inAlbum(name, ids, undefined);
        this.#changeAlbums(this.#albums.filter((one) => one !== name));
        return { name, place, cover: null, ids };
      },
      addToAlbum: async ({ name, ids }) => this.#inAlbum(undefined, ids, name),
      takeFromAlbum: async ({ name, ids }) => this.#inAlbum(name, ids, undefined),
      export: async (asked) => ({
        address: "data:application/zip;base64,UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==",
        count: "ids" in asked ? asked.ids.length : this.#images.size,
      }),
      trash: async ({ ids }) => this.#changeImages(ids, { isTrashed: true }),
      restore: async ({ ids }) => this.#changeImages(ids, { isTrashed: false }),
      emptyTrash: async ({ ids }) => {
        const gone =
          ids ?? [...this.#images.values()].filter((i) => i.isTrashed).map(({ id }) => id);
        for (const id of gone) this.#images.delete(id);
        this.#tell({ type: "images-removed", ids: gone });
      },
      rebuild: async () => {
        const total = this.#images.size;
        for (const share of [0.2, 0.5, 0.8, 1]) {
          const done = Math.round(share * total);
          setTimeout(
            () => this.#tell({ type: "rebuild-progress", done, total, isFinished: share === 1 }),
            2000 * share,
          );
        }
      },
    };
  }

  #modelCommands(): StudioClient["models"] {
    const begin = async () => {
      this.#transfers = [downloadOf("running")];
      this.#tell({ type: "transfers-changed", transfers: this.#transfers });
      return { transferId: "transfer-1" };
    };
    const broken = {
      id: "broken-model",
      problem: toWire(
        new StudioError("WEIGHT_MISSING", { network: "UNet", name: "conv_in.weight" }),
      ),
      diskBytes: 1_700_000_000,
      fit: { verdict: "good" as const, reason: "unknown until it can be read", memoryBytes: 0 },
    };
    const isBare = this.#scene === "empty" || this.#scene === "welcome";
    return {
      list: async () =>
        isBare
          ? [STARTER]
          : [STARTER, STABLE_DIFFUSION, ...(this.#scene === "failed" ? [broken] : [])],
      files: async () => [
        {
          path: "unet/diffusion_pytorch_model.fp16.safetensors",
          sizeBytes: 1_730_000_000,
          sha256: "ab12cd34ef",
        },
        {
          path: "text_encoder/model.fp16.safetensors",
          sizeBytes: 680_000_000,
          sha256: "0f9e8d7c6b",
        },
        { path: "vae/diffusion_pytorch_model.fp16.safetensors", sizeBytes: 167_000_000 },
        { path: "model_index.json", sizeBytes: 537 },
      ],
      import: begin,
      scan: (async ({ folder }) => scanOf(folder)) as StudioClient["models"]["scan"],
      link: async () => ({ id: STABLE_DIFFUSION.id }),
      card: async ({ id }) => ({
        estimate: {
          seconds: id === STARTER.id ? 2.1 : 1680,
          secondsPerStep: 0.07,
          loadSeconds: 0.4,
          basis: id === STARTER.id ? "measured" : "estimated",
        },
        pictures: id === STARTER.id ? [...this.#images.values()].slice(0, 4) : [],
      }),
      verify: begin,
      remove: async () => {},
      catalogue: async () => [...CATALOGUE],
      inspect: async ({ repository }) => ({
        id: repository,
        revision: "1f2e3d4c5b6a7988",
        licence: "openrail++",
        isGated: false,
        variants: [
          { name: "fp16", files: 14, sizeBytes: 2_580_000_000 },
          { name: "", files: 14, sizeBytes: 5_160_000_000 },
        ],
      }),
      download: begin,
      tinyDecoders: async () => [...TINY_DECODERS],
      downloadTinyDecoder: begin,
    };
  }
}

/** The client for `?fake=SCENE` in the page's address; undefined without it. */
export function fakeClient(search: string): StudioClient | undefined {
  const asked = new URLSearchParams(search);
  const scene = asked.get("fake");
  const known = Object.keys(COUNT).find((name) => name === scene);
  if (known === undefined) return undefined;
  const stepMs = Number(asked.get("slow") ?? STEP_MS);
  return new FakeStudio(known as Scene, stepMs).client();
}

function counted(names: readonly string[]): { name: string; count: number }[] {
  const groups = Object.entries(Object.groupBy(names, (name) => name));
  return groups.map(([name, all = []]) => ({ name, count: all.length }));
}
