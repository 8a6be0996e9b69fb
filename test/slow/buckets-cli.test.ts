import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { darkroom, lines, type Outcome } from "../fakes/command-line.ts";
import { S3Server } from "../fakes/s3/s3-server.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

const SECRET = "secret-canary-7f3a9c51d0ab";

/** The command line on one data folder, without a keyring and without keys of its own. */
function on(folder: string) {
  const none = { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "", AWS_S3_ENDPOINT: "" };
  const env = { DBUS_SESSION_BUS_ADDRESS: "unix:path=/nowhere", ...none };
  return (args: string, more: { readonly input?: string; readonly env?: object } = {}) =>
    darkroom(["bucket", ...args.split(" "), "--data-dir", folder], {
      env: { ...env, ...more.env },
      input: more.input ?? "",
    });
}

/** What was said, and how it ended; the second word of a sentence of the vault's is not looked at. */
const said = ({ code, out, err }: Outcome) => ({
  code,
  out,
  err: err.replace(/^The keys are kept unencrypted.*\n/m, ""),
});

test("a connection is made with keys from the environment, tried, listed, linked and forgotten", async () => {
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
    out: expect.stringMatching(/^ready in \d+ ms.*\n {2}lists\n {2}takes what is written\n/),
    err: "",
  });
  expect((await run("ls minio/sd/")).out).toMatch(
    /^ {29}PRE unet\/\n\S{10} \S{8} {11}19 model_index.json\n$/,
  );
  // A key cannot steer the terminal.
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

test("keys are typed, or come with a Secret; one that is wrong, and a name that is taken, are told", async () => {
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
