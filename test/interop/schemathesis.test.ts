import { join } from "node:path";
import { expect, test } from "vitest";
import { ConstantEngine } from "../fakes/constant-engine.ts";
import { openInferenceServer } from "../fakes/open-inference-server.ts";
import { runCommand } from "../fakes/run-command.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { pythonOf } from "./virtual-environment.ts";

/** Its model stays served whatever is requested: refusing meanwhile would be correct, and must not hide any mistake. */
class StandingEngine extends ConstantEngine {
  override async load(): Promise<void> {}
  override async unload(): Promise<void> {}
}

/**
 * All checks but two. We deliberately accept more than the document says (null for an omitted value, one value for a
 * list of one), which negative_data_rejection reports as an error; and we refuse what no schema can express (as many
 * negative prompts as prompts), which positive_data_acceptance reports. valid-requests.test.ts covers both for
 * meaningful requests.
 */
const CHECKS = [
  "--checks",
  "all",
  "--exclude-checks",
  "negative_data_rejection,positive_data_acceptance",
];

/** Number of requests for each operation; their content follows from the seed. */
const EXAMPLES = ["--max-examples", "8", "--seed", "14"];

test("Schemathesis finds nothing in the OpenAPI document, with everything switched on", async () => {
  const { origin, mistakes } = await openInferenceServer({
    engine: new StandingEngine({ steps: 1 }),
    settings: { isOpenaiOn: true, isA1111On: true },
  });
  const python = pythonOf("schemathesis");
  const args = ["run", `${origin}/openapi.json`, ...CHECKS, ...EXAMPLES];
  const ran = await runCommand(join(python, "..", "schemathesis"), args, {
    cwd: temporaryFolder(),
  });
  expect([ran.code, mistakes], `${ran.stdout}\n${ran.stderr}`).toEqual([0, []]);
});
