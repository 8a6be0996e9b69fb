import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { openOwnStudio } from "../../../engine/host.ts";
import { openGallery, picture } from "../../fakes/gallery.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const AT = "2026-11-24T12:00:00.000Z";
const ERROR = { code: "MOON_FULL", message: "The moon is full.", details: { phase: "full" } };

const OTHER_ROWS: Readonly<Record<string, string>> = {
  "other-scheduler": `generation_order = json_set(generation_order, '$.scheduler', 'cold-fusion')`,
  "other-refusal": `state = 'failed', error = '${JSON.stringify(ERROR)}'`,
  "other-state": `state = 'dreaming'`,
};

const transfer = (id: string, kind: string) => ({
  transfer: {
    id,
    kind,
    name: id,
    state: "paused",
    doneBytes: 1,
    totalBytes: 2,
    createdAt: AT,
  },
  order: "/nowhere",
});
const KNOWN_TRANSFER = {
  ...transfer("known", "import"),
  transfer: { ...transfer("known", "import").transfer, state: "failed", error: ERROR },
};
const OTHER_TRANSFER = { ...transfer("other", "teleport"), beam: 7 };

const ENDPOINT = {
  id: "e1",
  name: "cluster",
  url: "https://cluster.example",
  model: "sd",
  profile: "full",
  ca: null,
  isInsecure: false,
  isTokenOverHttp: false,
  isDirect: false,
  kind: "v2",
  headers: [],
  timeoutSeconds: 600,
  startSeconds: 600,
  checkMinutes: 0,
  hasToken: false,
  createdAt: AT,
  isModelChosen: true,
  isProfileChosen: true,
  isKindChosen: true,
};
const CHECK = { at: AT, state: "failed", ms: 7, models: [], inputs: [], error: ERROR };
const OTHER_ENDPOINT = { ...ENDPOINT, check: CHECK, lastError: ERROR };
const CONNECTION = {
  id: "c1",
  name: "minio",
  endpoint: "https://minio.example",
  region: null,
  bucket: "toys",
  pathStyle: "auto",
  checksums: "auto",
  ca: null,
  isInsecure: false,
  hasKeys: false,
  found: {},
  createdAt: AT,
};
const OTHER_CONNECTION = { ...CONNECTION, id: "c2", pathStyle: "sideways" };
const OTHER_SETTINGS = { scaling: "holographic", tiles: { wide: 4 } };

const inDatabase = <T>(path: string, work: (database: DatabaseSync) => T): T => {
  const database = new DatabaseSync(path);
  try {
    return work(database);
  } finally {
    database.close();
  }
};

/** A data folder as another version leaves it, with unknown content in every file beside the known. */
async function otherFolder(): Promise<string> {
  const folder = temporaryFolder();
  const gallery = await openGallery(folder);
  const { id } = await gallery.add(picture({ seed: "1" }));
  await gallery.add(picture({ seed: "2" }));
  await gallery.close();
  const studio = await openOwnStudio(folder);
  const { generationIds } = await studio.client.generation.enqueue({ prompt: "a fish", count: 4 });
  await studio.close();
  inDatabase(join(folder, "queue.sqlite"), (database) => {
    for (const [i, [name, change]] of Object.entries(OTHER_ROWS).entries()) {
      const update = `UPDATE generation SET id = ?, ${change} WHERE id = ?`;
      database.prepare(update).run(name, generationIds[i] ?? "");
    }
  });
  inDatabase(join(folder, "gallery.sqlite"), (database) =>
    database
      .prepare(
        "UPDATE images SET record = json_set(record, '$.scheduler', 'cold-fusion') WHERE id = ?",
      )
      .run(id),
  );
  const files = {
    "transfers.json": { transfers: [KNOWN_TRANSFER, OTHER_TRANSFER] },
    "endpoints.json": { endpoints: [OTHER_ENDPOINT] },
    "connections.json": { connections: [CONNECTION, OTHER_CONNECTION] },
    "settings.json": { theme: "dark", ...OTHER_SETTINGS },
  };
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), JSON.stringify(content));
  }
  return folder;
}

/** The content of the files that this version does not know. */
function otherThings(folder: string) {
  const json = (name: string) =>
    JSON.parse(readFileSync(join(folder, name), "utf8")) as Readonly<Record<string, unknown>>;
  const rows = "SELECT * FROM generation WHERE id LIKE 'other-%' ORDER BY id";
  const records = "SELECT record FROM images WHERE record LIKE '%cold-fusion%'";
  const { scaling, tiles } = json("settings.json");
  return {
    queue: inDatabase(join(folder, "queue.sqlite"), (database) => database.prepare(rows).all()),
    gallery: inDatabase(join(folder, "gallery.sqlite"), (base) => base.prepare(records).all()),
    transfers: json("transfers.json"),
    endpoints: json("endpoints.json"),
    connections: json("connections.json"),
    settings: { scaling, tiles },
  };
}

/** Opens the studio, returns what it shows, applies the given changes, and closes it. */
async function visit(folder: string, prompt?: string) {
  const studio = await openOwnStudio(folder);
  try {
    const { machine, queue, gallery, settings, transfers, endpoints, buckets, generation } =
      studio.client;
    const { ids } = (await gallery.names({})).days[0] ?? { ids: [] };
    const images = await Promise.all(ids.map((id) => gallery.get({ id })));
    const shown = {
      notices: (await machine.get()).notices.map(({ text }) => text),
      queue: (await queue.get()).generations.map(
        ({ state, error }) => `${state} ${error?.code ?? ""}`,
      ),
      pictures: images.map(({ record }) => record.scheduler ?? "unknown").toSorted(),
      transfers: (await transfers.list()).map(({ name, state }) => `${name} ${state}`),
      endpoints: (await endpoints.list()).map(
        ({ name, lastError, check }) => `${name} ${lastError?.message} ${check?.error?.code}`,
      ),
      connections: (await buckets.connections()).map(({ name }) => name),
      settings: await settings.get(),
    };
    if (prompt !== undefined) {
      await generation.enqueue({ prompt });
      await settings.change({ notify: false });
      const ADDED = { name: "another", url: "http://127.0.0.1:9" };
      const { id } = await endpoints.add(ADDED);
      await endpoints.remove({ id });
    }
    return shown;
  } finally {
    await studio.close();
  }
}

test("another version's data is shown as far as it is known, counted, and kept unchanged", async () => {
  const folder = await otherFolder();
  const before = otherThings(folder);
  const first = await visit(folder, "a bird");
  expect(first).toEqual({
    notices: [
      "One entry of transfers.json cannot be read by this version of the studio. What cannot be read is kept as it is.",
      "2 generations in the queue could not be read. They are kept, but not used.",
      "One entry of connections.json cannot be read by this version of the studio. What cannot be read is kept as it is.",
    ],
    queue: [
      "waiting ",
      "failed ENTRY_UNREADABLE",
      "failed ENTRY_UNREADABLE",
      "failed REASON_UNKNOWN",
    ],
    pictures: ["ddim", "unknown"],
    transfers: ["known failed"],
    endpoints: [expect.stringMatching(/^cluster .*The moon is full.* REASON_UNKNOWN$/)],
    connections: ["minio"],
    settings: expect.objectContaining({ theme: "dark", scaling: "smooth", notify: true }),
  });
  expect(before).toMatchObject({
    queue: [{ id: "other-refusal" }, { id: "other-scheduler" }, { id: "other-state" }],
    gallery: [{}],
    transfers: { transfers: [KNOWN_TRANSFER, OTHER_TRANSFER] },
    endpoints: { endpoints: [OTHER_ENDPOINT] },
    connections: { connections: [{}, OTHER_CONNECTION] },
    settings: OTHER_SETTINGS,
  });
  expect(otherThings(folder)).toEqual(before);
  expect(await visit(folder)).toEqual({
    ...first,
    queue: ["waiting ", ...first.queue],
    settings: { ...first.settings, notify: false },
  });
  expect(otherThings(folder)).toEqual(before);
});
