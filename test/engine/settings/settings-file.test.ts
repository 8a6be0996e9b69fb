import { execFile } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { SettingsFile } from "../../../engine/settings/settings-file.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const DEFAULTS = {
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
  language: "en",
  isIntroduced: false,
  tinyForFast: false,
};

function folderWith(content: unknown): string {
  const folder = temporaryFolder();
  const text = typeof content === "string" ? content : JSON.stringify(content);
  writeFileSync(join(folder, "settings.json"), text);
  return folder;
}

const onDisk = (folder: string): unknown =>
  JSON.parse(readFileSync(join(folder, "settings.json"), "utf8"));

test("starts with defaults, and writes nothing until something is chosen", async () => {
  const folder = temporaryFolder();
  const settings = await SettingsFile.open(folder);
  expect(settings.read()).toEqual(DEFAULTS);
  expect(settings.notices).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});

test("a choice survives the program; defaults are not frozen into the file", async () => {
  const folder = temporaryFolder();
  const settings = await SettingsFile.open(folder);
  expect(await settings.change({ theme: "dark" })).toEqual({ ...DEFAULTS, theme: "dark" });
  expect((await SettingsFile.open(folder)).read()).toEqual({ ...DEFAULTS, theme: "dark" });
  expect(onDisk(folder)).toEqual({ theme: "dark" });
});

test("null resets a choice", async () => {
  const folder = folderWith({ pictureFolder: "/pictures", theme: "dark" });
  const settings = await SettingsFile.open(folder);
  await settings.change({ pictureFolder: null });
  expect(onDisk(folder)).toEqual({ theme: "dark" });
});

test("keeps what a later version wrote, and unknown values", async () => {
  const folder = folderWith({ theme: "sepia", brush: { size: 3 } });
  const settings = await SettingsFile.open(folder);
  expect(settings.read()).toEqual(DEFAULTS);
  await settings.change({ notify: false });
  expect(onDisk(folder)).toEqual({ theme: "sepia", brush: { size: 3 }, notify: false });
});

test("a name that JavaScript's objects have is a key like any other", async () => {
  const folder = folderWith('{"__proto__":{"theme":"dark"},"notify":false}');
  const settings = await SettingsFile.open(folder);
  expect(settings.read()).toEqual({ ...DEFAULTS, notify: false });
});

test.each(["{", "null", "[]", '"dark"', "\u0000\u0001"])(
  "a damaged file is set aside and named: %j",
  async (content) => {
    const folder = folderWith(content);
    const settings = await SettingsFile.open(folder);
    expect(settings.read()).toEqual(DEFAULTS);
    expect(settings.notices).toEqual([
      expect.stringMatching(/^settings\.json could not be used .* kept as settings\.damaged\.json/),
    ]);
    await settings.change({ theme: "light" });
    expect(onDisk(folder)).toEqual({ theme: "light" });
    expect(readdirSync(folder)).toHaveLength(2);
  },
);

test("a hundred changes at once all take effect", async () => {
  const folder = temporaryFolder();
  const settings = await SettingsFile.open(folder);
  const names = ["theme", "scaling", "keepInTray", "notify", "isIntroduced"] as const;
  const values = { theme: "dark", scaling: "crisp", keepInTray: true, notify: false } as const;
  const all = { ...values, isIntroduced: true };
  await Promise.all(
    Array.from({ length: 100 }, (_, i) => {
      const name = names[i % names.length]!;
      return settings.change({ [name]: all[name] });
    }),
  );
  expect(onDisk(folder)).toEqual(all);
});

test("a full disk keeps the old file, and the choice is not shown as saved", async () => {
  const folder = folderWith({ theme: "dark" });
  // A process limited to files of 512 bytes gets EFBIG, as a full disk causes ENOSPC.
  const program = `
    const { SettingsFile } = await import(${JSON.stringify(join(process.cwd(), "engine/settings/settings-file.ts"))});
    const settings = await SettingsFile.open(${JSON.stringify(folder)});
    const refusal = await settings.change({ pictureFolder: "/" + "x".repeat(2000) }).catch((e) => e.code);
    console.log(JSON.stringify([refusal, settings.read().pictureFolder ?? null, settings.read().theme]));
  `;
  const limited = ["-c", 'ulimit -f 1; exec "$@"', "sh", process.execPath];
  const { stdout } = await promisify(execFile)("sh", [
    ...limited,
    "--input-type=module",
    "-e",
    program,
  ]);
  expect(JSON.parse(stdout)).toEqual(["DISK_FULL", null, "dark"]);
  expect(onDisk(folder)).toEqual({ theme: "dark" });
  expect(readdirSync(folder)).toEqual(["settings.json"]);
});
