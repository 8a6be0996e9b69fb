import { expect, test } from "vitest";
import { bucketChecks, storedArchives } from "../../../engine/archive/bucket-deployment.ts";
import { ConfigProperties } from "../../../engine/archive/config-properties.ts";
import { configOf, NOTEBOOK_FORM } from "../../../engine/archive/serving-form.ts";

const CONFIG = configOf(NOTEBOOK_FORM);
const SOUND = [
  "stable-diffusion/config/config.properties",
  "stable-diffusion/model-store/stable-diffusion.mar",
];

function deployed(
  keys: readonly string[],
  {
    given = "stable-diffusion/",
    config = CONFIG,
  }: { given?: string; config?: ConfigProperties | null } = {},
) {
  const path = given === "" || given.endsWith("/") ? given : `${given}/`;
  const objects = keys.map((key) => ({ key, bytes: 1 }));
  return { given, path, objects, config: config ?? undefined };
}

const parse = (text: string) => ConfigProperties.parse(new TextEncoder().encode(text));

test("the notebook's layout passes, with the required slash", () => {
  const checks = bucketChecks(deployed(SOUND));
  expect(checks.map(({ outcome, name }) => `${outcome} ${name}`)).toEqual([
    "ok model-store",
    "ok config",
    "ok path",
  ]);
  expect(checks[2]?.found).toBe(
    "Enter stable-diffusion/, with the slash. Without the slash at its end KServe's versions differ: stable-diffusion/model-store/stable-diffusion.mar becomes stable-diffusion.mar up to 0.14 and model-store/stable-diffusion.mar in later ones.",
  );
  const named = bucketChecks(
    deployed(["sd2/config/config.properties", "sd2/model-store/stable-diffusion.mar"], {
      given: "sd2",
    }),
  );
  expect(named[2]).toEqual({ name: "path", outcome: "ok", found: "Enter sd2/." });
});

test.each<[string, Parameters<typeof deployed>, string, string]>([
  [
    "nothing that is an archive",
    [["stable-diffusion/readme.txt"]],
    "failed model-store",
    "There is no archive below stable-diffusion/.",
  ],
  [
    "an archive beside its place",
    [["stable-diffusion/stable-diffusion.mar", SOUND[0]!]],
    "failed model-store",
    "stable-diffusion/stable-diffusion.mar lies where TorchServe does not look.",
  ],
  [
    "an archive in a folder of the store",
    [["stable-diffusion/model-store/old/sd.mar"]],
    "failed model-store",
    "stable-diffusion/model-store/old/sd.mar lies where TorchServe does not look.",
  ],
  [
    "an archive whose name has a dot",
    [["stable-diffusion/model-store/sd-2.1.mar"]],
    "failed model-store",
    "KServe's wrapper ignores sd-2.1.mar, and does not start.",
  ],
  [
    "an archive that is no .mar",
    [["stable-diffusion/model-store/sd.tar.gz"]],
    "failed model-store",
    "KServe's wrapper ignores sd.tar.gz, and does not start.",
  ],
  [
    "a path that KServe cuts off",
    [SOUND.map((key) => key.replace("stable", "v#2/stable")), { given: "v#2/stable-diffusion" }],
    "failed path",
    "KServe ends the path at #, and copies all that begins with v.",
  ],
  [
    "no configuration",
    [SOUND.slice(1), { config: null }],
    "failed config",
    "There is no stable-diffusion/config/config.properties that can be read.",
  ],
  [
    "a configuration beside its place",
    [["stable-diffusion/config.properties", SOUND[1]!], { config: null }],
    "failed config",
    "stable-diffusion/config.properties lies where TorchServe does not look.",
  ],
  [
    "another store",
    [SOUND, { config: parse("model_store=/home/model-server\nmodel_snapshot={}\n") }],
    "failed config",
    "model_store is /home/model-server, but a cluster puts the archives into /mnt/models/model-store.",
  ],
  [
    "no model",
    [SOUND, { config: parse("model_store=/mnt/models/model-store\n") }],
    "failed config",
    "Its model_snapshot names no model.",
  ],
  [
    "another archive's name",
    [SOUND, { config: configOf({ ...NOTEBOOK_FORM, marName: "sd.mar" }) }],
    "failed config",
    "It serves stable-diffusion from sd.mar, which model-store/ lacks.",
  ],
  [
    "a folder whose name begins the same",
    [[...SOUND, "stable-diffusion-xl/model-store/xl.mar"]],
    "warning path",
    "Keep the slash at its end: stable-diffusion-xl/model-store/xl.mar begins the same, and KServe would copy it as well.",
  ],
  [
    "two objects with one place",
    [[...SOUND, "stable-diffusion/again.txt", "stable-diffusion/stable-diffusion/again.txt"]],
    "warning path",
    "KServe 0.12 to 0.14 put stable-diffusion/again.txt and stable-diffusion/stable-diffusion/again.txt into one file, again.txt.",
  ],
  [
    "a path without its slash",
    [SOUND, { given: "stable-diffusion" }],
    "warning path",
    "Without the slash at its end KServe's versions differ: stable-diffusion/model-store/stable-diffusion.mar becomes stable-diffusion.mar up to 0.14 and model-store/stable-diffusion.mar in later ones.",
  ],
])("%s", (_, [keys, how], kind, found) => {
  const [outcome = "", name] = kind.split(" ");
  const check = bucketChecks(deployed(keys, how)).find((one) => one.name === name);
  expect(check).toMatchObject({ outcome, found });
  expect(check?.advice).toMatch(/^[A-Z].*\.$/s);
});

test("an archive's own files in a folder count as one model of the store", () => {
  const keys = ["sd/model-store/sd/MAR-INF/MANIFEST.json", "sd/model-store/sd/model.zip"];
  expect(storedArchives(deployed(keys, { given: "sd/" }))).toEqual(["sd/model-store/sd/"]);
});
