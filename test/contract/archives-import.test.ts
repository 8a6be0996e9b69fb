import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import type { Transfer } from "../../engine/contract/transfers.ts";
import { largeModel } from "../fakes/large-model.ts";
import { HANDLER, notebookMar } from "../fakes/mar-writer.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { StudioUnderTest } from "./studio-under-test.ts";
import { TRANSPORTS } from "./transports.ts";

const MIB = 1 << 20;

function written(bytes: Uint8Array, name = "toy.mar"): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, bytes);
  return path;
}

describe.each(TRANSPORTS)("importing archives, $name", (transport) => {
  const studio = StudioUnderTest.over(transport);

  const transferOf = async (id: string): Promise<Transfer> => {
    const found = (await studio.client.transfers.list()).find((one) => one.id === id);
    if (found === undefined) throw new Error(`there is no transfer ${id}`);
    return found;
  };

  function until(id: string, isSo: (transfer: Transfer) => boolean): Promise<Transfer> {
    return vi.waitFor(
      async () => {
        const found = await transferOf(id);
        if (!isSo(found)) throw new Error(JSON.stringify(found));
        return found;
      },
      { timeout: 50_000, interval: 10 },
    );
  }

  /** What is in the store besides complete models. */
  const unfinished = () => {
    const folder = join(studio.folder, "models");
    return existsSync(folder)
      ? readdirSync(folder).filter((name) => name.startsWith(".incoming"))
      : [];
  };

  test("an archive becomes a model that records its source, and the user is told that it contains code", async () => {
    const path = written(notebookMar());
    const { transferId } = await studio.client.models.import({ folder: path });
    const done = await until(transferId, ({ state }) => state === "done");
    expect(done).toMatchObject({ kind: "import", name: "toy.mar", modelId: "stable-diffusion" });
    expect(done.note).toBe(`${HANDLER.name}: contains code, never run here`);
    expect(done.doneBytes).toBe(done.totalBytes);
    const model = (await studio.client.models.list()).find(({ id }) => id === "stable-diffusion");
    expect(model?.provenance).toMatchObject({
      kind: "archive",
      name: "toy.mar",
      archive: {
        sha256: createHash("sha256").update(readFileSync(path)).digest("hex"),
        manifest: {
          createdOn: "28/11/2026 20:14:19",
          model: { modelName: "stable-diffusion", modelVersion: "1.0", handler: HANDLER.name },
        },
      },
    });
    const again = await studio.client.models.import({ folder: path });
    const refused = await until(again.transferId, ({ state }) => state === "failed");
    expect(refused.error?.code).toBe("MODEL_EXISTS");
    expect(unfinished()).toEqual([]);
  });

  test("an archive that is damaged in the middle fails by name and leaves nothing", async () => {
    const bytes = Buffer.from(notebookMar());
    bytes.fill(0, bytes.length >> 1, (bytes.length >> 1) + 100);
    const { transferId } = await studio.client.models.import({ folder: written(bytes), id: "bad" });
    const failed = await until(transferId, ({ state }) => state === "failed");
    expect(failed.error?.code).toBe("ARCHIVE_DAMAGED");
    expect(unfinished()).toEqual([]);
  });

  test("a cancel in the middle leaves nothing; progress is reported until then", async () => {
    const path = written(notebookMar({}, largeModel(96 * MIB)));
    const { transferId } = await studio.client.models.import({ folder: path, id: "gone" });
    const running = await until(transferId, ({ doneBytes }) => doneBytes > 8 * MIB);
    expect(running.totalBytes).toBeGreaterThan(2 * 96 * MIB);
    await studio.client.transfers.cancel({ ids: [transferId] });
    await until(transferId, ({ state }) => state === "cancelled");
    await vi.waitFor(() => expect(unfinished()).toEqual([]), 10_000);
    expect((await studio.client.models.list()).map(({ id }) => id)).not.toContain("gone");
  });

  test("a studio that is closed in the middle continues at its next start from what it has", async () => {
    const path = written(notebookMar({}, largeModel(96 * MIB)));
    const { transferId } = await studio.client.models.import({ folder: path, id: "large" });
    await until(transferId, ({ doneBytes }) => doneBytes > 8 * MIB);
    await studio.close();
    await studio.open();
    const done = await until(transferId, ({ state }) => state === "done");
    expect(done.modelId).toBe("large");
    const { transferId: verifyId } = await studio.client.models.verify({ id: "large" });
    await until(verifyId, ({ state }) => state === "done");
    expect(unfinished()).toEqual([]);
  });
});
