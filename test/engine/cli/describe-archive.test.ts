import { expect, test } from "vitest";
import { runCommand } from "../../fakes/run-command.ts";

/** Node ends with an error if anything imports a part of the S3 client. */
const WITHOUT_S3 = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from "node:module";
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier.startsWith("@aws-sdk/")) throw new Error("it loads " + specifier);
      return next(specifier, context);
    },
  });
`)}`;

test("a command that needs no bucket does not wait for the S3 client", async () => {
  const ran = await runCommand(
    process.execPath,
    ["--import", WITHOUT_S3, "engine/cli.ts", "--help"],
    {
      cwd: ".",
    },
  );
  expect(ran).toMatchObject({ code: 0, stderr: "" });
  const needs = ["--import", WITHOUT_S3, "engine/buckets/s3-client.ts"];
  expect((await runCommand(process.execPath, needs, { cwd: "." })).stderr).toContain(
    "it loads @aws",
  );
});
