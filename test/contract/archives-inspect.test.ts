import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { configOf, NOTEBOOK_FORM } from "../../engine/archive/serving-form.ts";
import type { RefusalCode } from "../../engine/contract/errors.ts";
import { entriesOf, HANDLER, manifest, marOf, notebookMar, TINY } from "../fakes/mar-writer.ts";
import { refusal } from "../fakes/refusal.ts";
import { tarGz } from "../fakes/tar-gz.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { StudioUnderTest } from "./studio-under-test.ts";
import { TRANSPORTS } from "./transports.ts";

function written(bytes: Uint8Array, name = "stable-diffusion.mar"): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, bytes);
  return path;
}

describe.each(TRANSPORTS)("inspecting archives, $name", (transport) => {
  const studio = StudioUnderTest.over(transport);

  test("the notebook's archive: members of both zips, what would be imported, the checklist", async () => {
    const path = written(notebookMar());
    const found = await studio.client.archives.inspect({ path });
    expect(found).toMatchObject({ name: "stable-diffusion.mar", format: "zip" });
    expect(found.manifest.model.modelName).toBe("stable-diffusion");
    expect(found.members.slice(0, 3).map(({ path: member, kind }) => [member, kind])).toEqual([
      ["model.zip", "archive"],
      [HANDLER.name, "code"],
      ["MAR-INF/MANIFEST.json", "config"],
    ]);
    expect(found.members.filter(({ inside }) => inside === "model.zip").length).toBe(
      entriesOf(TINY).length,
    );
    expect(found.model).toMatchObject({
      id: "stable-diffusion",
      zip: "model.zip",
      files: entriesOf(TINY).map(({ name }) => name),
      description: "StableDiffusionPipeline, fp16",
      pickles: [],
    });
    expect(found.problem).toBeUndefined();
    expect(found.checks.map(({ name, outcome }) => [name, outcome])).toEqual([
      ["manifest", "ok"],
      ["names", "ok"],
      ["handler", "ok"],
      ["requirements", "warning"],
      ["layout", "ok"],
      ["packing", "ok"],
      ["response-size", "ok"],
      ["timeouts", "warning"],
      ["memory", "ok"],
    ]);
  });

  test("the requirements and the model's configs are read from deflated files", async () => {
    const requirements = { name: "requirements.txt", data: Buffer.from("diffusers\n") };
    const members = [...entriesOf(TINY, { stored: false }), requirements];
    const path = written(marOf(members, { requirementsFile: "requirements.txt" }));
    const found = await studio.client.archives.inspect({ path });
    expect(found.model?.description).toBe("StableDiffusionPipeline, fp16");
    expect(found.checks.find(({ name }) => name === "requirements")?.found).toBe(
      "diffusers has no version, so each start may install another.",
    );
    expect(found.checks.find(({ name }) => name === "memory")?.outcome).toBe("ok");
  });

  test.each([
    ["a compressed zip inside", () => notebookMar({ stored: false })],
    ["a tar.gz", () => tarGz([...entriesOf(), HANDLER, manifest()])],
  ])(
    "the need of %s memory is reported by names and sizes, for a picture of the usual size",
    async (_, make) => {
      const found = await studio.client.archives.inspect({ path: written(make()) });
      expect(found.model?.description).toBe(
        "is compressed; its configs are read when it is unpacked",
      );
      const told = new Map(found.checks.map((one) => [one.name, one]));
      expect(told.get("response-size")?.found).toContain("768x768");
      expect(told.get("memory")?.found).toMatch(
        /^A picture of 768x768 takes Darkroom up to 0\.\d GB/,
      );
    },
  );

  test("the config.properties of the surrounding model store is used", async () => {
    const folder = temporaryFolder();
    for (const name of ["config", "model-store"]) mkdirSync(join(folder, name));
    const path = join(folder, "model-store/stable-diffusion.mar");
    writeFileSync(path, notebookMar());
    const outcomes = async (config: Uint8Array) => {
      writeFileSync(join(folder, "config/config.properties"), config);
      const { checks } = await studio.client.archives.inspect({ path });
      return Object.fromEntries(checks.map(({ name, outcome }) => [name, outcome]));
    };
    expect(await outcomes(configOf(NOTEBOOK_FORM).bytes())).toMatchObject({ names: "ok" });
    const other = configOf({ ...NOTEBOOK_FORM, version: "2.0", maxResponseSize: 1000 });
    expect(await outcomes(other.bytes())).toMatchObject({
      names: "failed",
      "response-size": "failed",
    });
  });

  test("an archive without a model says why nothing is imported", async () => {
    const found = await studio.client.archives.inspect({ path: written(marOf([])) });
    expect(found.model).toBeUndefined();
    expect(found.problem?.code).toBe("ARCHIVE_WITHOUT_MODEL");
    expect(found.checks.find(({ name }) => name === "layout")?.outcome).toBe("failed");
  });

  test.each<[string, () => string, RefusalCode]>([
    ["what is not there", () => "/no/such.mar", "NOT_FOUND"],
    ["a relative path", () => "such.mar", "REQUEST_INVALID"],
    ["what is no archive", () => written(Buffer.from("text")), "ARCHIVE_DAMAGED"],
  ])("%s is refused", async (_, make, code) => {
    await expect(studio.client.archives.inspect({ path: make() })).rejects.toEqual(refusal(code));
  });
});
