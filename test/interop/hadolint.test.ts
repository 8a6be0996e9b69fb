import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { pythonOf } from "./virtual-environment.ts";

test("hadolint finds nothing in the Containerfile", () => {
  const program = join(dirname(pythonOf("hadolint")), "hadolint");
  const { status, stdout, stderr } = spawnSync(program, ["assets/deploy/Containerfile"], {
    encoding: "utf8",
  });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "" });
});
