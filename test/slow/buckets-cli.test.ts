import { randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { darkroom, lines, type Outcome } from "../fakes/command-line.ts";
import { S3Server, type S3Request } from "../fakes/s3/s3-server.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

const SECRET = "secret-canary-7f3a9c51d0ab";

/** The command line on one data folder, without a keyring or any keys. */
function on(folder: string) {
  const none = { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "", AWS_S3_ENDPOINT: "" };
  const env = { DBUS_SESSION_BUS_ADDRESS: "unix:path=/nowhere", ...none };
  return (args: string, more: { readonly input?: string; readonly env?: object } = {}) =>
    darkroom(["bucket", ...args.split(" "), "--data-dir", folder], {
      env: { ...env, ...more.env },
      input: more.input ?? "",
    });
}

/** The output, and how it ended; the second word of the vault's sentence is ignored. */
const said = ({ code, out, err }: Outcome) => ({
  code,
  out,
  err: err.replace(/^The keys are kept unencrypted.*\n/m, ""),
});

test("a connection is made with keys from the environment, tested, listed, linked and removed", async () => {
  await using s3 = await S3Server.start({ accessKey: "access", secretKey: SECRET });
  const toys = s3.bucket("toys");
  for (const key of ["sd/model_index.json", "sd/unet/config.json", "odd\u001b[31m"]) {
    toys.put(key, { bytes: Buffer.from(key) });
  }
  const folder = temporaryFolder();
  const run = on(folder);
  const keys = { AWS_ACCESS_KEY_ID: "access", AWS_SECRET_ACCESS_KEY: SECRET };
  const made = await run(`connect minio --endpoint ${s3.origin} --bucket toys`, { env: keys });
  expect(made.out).toMatch(/^[0-9a-f]{16}\n$/);
  expect(said(await run("test minio"))).toEqual({
    code: 0,
    out: expect.stringMatching(/^ready in \d+ ms.*\n {2}can list\n {2}can write\n/),
    err: "",
  });
  expect((await run("ls minio/sd/")).out).toMatch(
    /^ {29}PRE unet\/\n\S{10} \S{8} {11}19 model_index.json\n$/,
  );
  // A key cannot control the terminal.
  expect((await run("ls minio")).out).toContain(String.raw`odd\u{1b}[31m`);
  const listed = lines((await run("ls minio/sd/ --recursive --json")).out);
  expect(listed.map(({ key, type }) => key ?? type)).toEqual([
    "sd/model_index.json",
    "sd/unet/config.json",
    "done",
  ]);
  const { out: address } = await run("link minio/sd/model_index.json --expires-in 60");
  expect(await (await fetch(address.trim())).text()).toBe("sd/model_index.json");
  expect(said(await run("rm minio/sd --recursive"))).toEqual({
    code: 0,
    out: "2 deleted\n",
    err: "",
  });
  expect(said(await run("rm minio"))).toMatchObject({ code: 2 });
  expect(said(await run("incomplete minio --abort"))).toMatchObject({ code: 0, out: "" });
  expect(readFileSync(join(folder, "connections.json"), "utf8")).not.toContain(SECRET);
  await run("disconnect minio");
  expect(await run("connections")).toMatchObject({ code: 0, out: "" });
  expect(readFileSync(join(folder, "secrets.json"), "utf8")).not.toContain(SECRET);
});

test("keys are typed, or come from a Secret; a wrong one, and an existing name, are reported", async () => {
  await using s3 = await S3Server.start({ accessKey: "access", secretKey: SECRET });
  s3.bucket("toys");
  const run = on(temporaryFolder());
  const typed = await run(`connect typed --endpoint ${s3.origin}`, {
    input: `access\n${SECRET}\n`,
  });
  expect(typed.code).toBe(0);
  expect((await run("ls typed")).out).toBe("toys\n");
  await run("create typed more-toys");
  expect((await run("ls typed")).out).toBe("more-toys\ntoys\n");
  const file = join(temporaryFolder(), "secret.yaml");
  const data = {
    AWS_ACCESS_KEY_ID: "access",
    AWS_SECRET_ACCESS_KEY: "another",
    AWS_S3_ENDPOINT: s3.origin,
    AWS_S3_BUCKET: "toys",
  };
  writeFileSync(file, JSON.stringify({ kind: "Secret", stringData: data }));
  expect((await run(`connect cluster --from-secret ${file}`)).code).toBe(0);
  const wrong = await run("test cluster --json");
  expect([wrong.code, lines(wrong.out)]).toEqual([
    1,
    [expect.objectContaining({ state: "failed" })],
  ]);
  expect(wrong.out).toContain("BUCKET_KEYS_REFUSED");
  for (const [args, reason] of [
    [`connect cluster --endpoint ${s3.origin}`, "another connection has it"],
    [`connect a/b --endpoint ${s3.origin}`, "it holds a slash"],
    [`connect other --endpoint ${s3.origin}`, "set AWS_ACCESS_KEY_ID"],
  ] as const) {
    const refused = await run(args);
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining(reason)]);
  }
});

/** A connection `toys` to the fake service, made with the command line. */
async function openToys(s3: S3Server) {
  const folder = temporaryFolder();
  const run = on(folder);
  const keys = { AWS_ACCESS_KEY_ID: "access", AWS_SECRET_ACCESS_KEY: SECRET };
  await run(`connect toys --endpoint ${s3.origin} --bucket toys`, { env: keys });
  return { folder, run, toys: s3.bucket("toys") };
}

test("a file is uploaded under its own name or another, and downloaded; existing files are kept without --force", async () => {
  await using s3 = await S3Server.start({ accessKey: "access", secretKey: SECRET });
  const { run, toys } = await openToys(s3);
  const here = temporaryFolder();
  const [file, out] = [join(here, "model.mar"), join(here, "out.mar")];
  const content = randomBytes((11 << 20) + 17);
  writeFileSync(file, content);
  for (const [place, key] of [
    ["toys", "model.mar"],
    ["toys/sd/", "sd/model.mar"],
    ["toys/other.mar", "other.mar"],
  ] as const) {
    const put = await run(`put ${file} ${place} --part-size 5 --json`);
    expect([put.code, lines(put.out).at(-1)]).toEqual([0, { type: "done" }]);
    expect(toys.get(key).bytes.equals(content)).toBe(true);
  }
  expect(s3.requests.filter(({ query }) => query.get("partNumber") === "3")).toHaveLength(3);
  expect(await run(`get toys/sd/model.mar ${out}`)).toMatchObject({ code: 0, out: "" });
  expect(readFileSync(out).equals(content)).toBe(true);
  const again = await run(`get toys/other.mar ${out} --json`);
  expect([again.code, lines(again.out).at(-1)]).toEqual([
    1,
    expect.objectContaining({ code: "OUTPUT_EXISTS" }),
  ]);
  toys.put("other.mar", { bytes: Buffer.from("another") });
  expect(await run(`get toys/other.mar ${out} --force`)).toMatchObject({ code: 0 });
  expect(readFileSync(out, "utf8")).toBe("another");
  for (const [args, code] of [
    [`put ${join(here, "none")} toys`, "NOT_FOUND"],
    [`get toys/none ${join(here, "none")}`, "OBJECT_NOT_FOUND"],
    [`get toys/none/ ${join(here, "none")}`, "OBJECT_NOT_FOUND"],
    [`put ${file} nobody`, "NOT_FOUND"],
    [`put ${file} toys --part-size 0`, "REQUEST_INVALID"],
  ] as const) {
    const refused = await run(`${args} --json`);
    expect([args, lines(refused.out).at(-1)?.["code"]]).toEqual([args, code]);
  }
});

test("a folder is uploaded with everything in it, and downloaded; keys that no file can have are named", async () => {
  await using s3 = await S3Server.start({ accessKey: "access", secretKey: SECRET });
  const { run, toys } = await openToys(s3);
  const here = temporaryFolder();
  const files: Readonly<Record<string, string>> = {
    "model_index.json": "{}",
    "unet/config.json": '{"a":1}',
    "unet/empty": "",
    "a b+c/100%/ü😀.txt": "odd",
    "deep/er/and/deeper/x": "x",
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(here, "sd", name)), { recursive: true });
    writeFileSync(join(here, "sd", name), text);
  }
  // The target of a link is not in the folder.
  symlinkSync("/etc/hostname", join(here, "sd", "link"));
  expect(await run(`put ${join(here, "sd")} toys/models/sd`)).toMatchObject({ code: 0 });
  const keys = Object.keys(files).map((name) => `models/sd/${name}`);
  expect(toys.keys().toSorted()).toEqual(keys.toSorted());
  for (const key of ["models/sd/../up", "models/sd//x", "models/sd/b\\c", "models/sd-old/x"]) {
    toys.put(key, { bytes: Buffer.from("hostile") });
  }
  const out = join(here, "out");
  const got = await run(`get toys/models/sd/ ${out} --json`);
  expect([got.code, lines(got.out).at(-1)]).toEqual([0, { type: "done" }]);
  const note = String(lines(got.out).at(-2)?.["note"]);
  expect(note).toMatch(/^left out because the name is not allowed: /);
  for (const key of ["../up", "/x", "b\\c"]) {
    expect(note).toContain(JSON.stringify(`models/sd/${key}`));
  }
  const found = readdirSync(out, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  expect(found.toSorted()).toEqual(
    Object.keys(files)
      .map((name) => join(out, name))
      .toSorted(),
  );
  for (const [name, text] of Object.entries(files)) {
    expect(readFileSync(join(out, name), "utf8")).toBe(text);
  }
  expect(existsSync(join(here, "up"))).toBe(false);
});

test("an interrupted upload continues when it is requested again", async () => {
  await using s3 = await S3Server.start({ accessKey: "access", secretKey: SECRET });
  const { folder, run, toys } = await openToys(s3);
  const file = join(temporaryFolder(), "model.mar");
  const content = randomBytes(20 << 20);
  writeFileSync(file, content);
  const isPart = ({ query }: S3Request): boolean => query.has("partNumber");
  const numbers = () => s3.requests.filter(isPart).map(({ query }) => query.get("partNumber"));
  s3.troubles.push({
    hits: ({ query }) => query.get("partNumber") === "3",
    times: 1,
    does: { kind: "wait", ms: 60_000 },
  });
  let isAsked = false;
  const args = ["put", file, "toys/", "--part-size", "5", "--json", "--data-dir", folder];
  const { code } = await darkroom(["bucket", ...args], {
    env: { DBUS_SESSION_BUS_ADDRESS: "unix:path=/nowhere" },
    onOutput: (text, pid) => {
      if (isAsked || !text.includes('"doneBytes":15728640')) return;
      isAsked = true;
      process.kill(pid, "SIGINT");
    },
  });
  expect([code, toys.uploads.size, toys.keys()]).toEqual([130, 1, []]);
  s3.requests.length = 0;
  expect(await run(`put ${file} toys/ --part-size 5`)).toMatchObject({ code: 0 });
  expect([numbers(), toys.uploads.size]).toEqual([["3"], 0]);
  expect(toys.get("model.mar").bytes.equals(content)).toBe(true);
});
