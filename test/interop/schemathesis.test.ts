import { join } from "node:path";
import { expect, test } from "vitest";
import { ConstantEngine } from "../fakes/constant-engine.ts";
import { openInferenceServer } from "../fakes/open-inference-server.ts";
import { runCommand } from "../fakes/run-command.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { pythonOf } from "./virtual-environment.ts";

/** Its model stays served, whatever is asked: what is refused meanwhile is no mistake, and none is to hide behind it. */
class StandingEngine extends ConstantEngine {
  override async load(): Promise<void> {}
  override async unload(): Promise<void> {}
}

/**
 * All but two: clients are met half-way on purpose (null for what is left out, one value for a list of one), which
 * negative_data_rejection takes for negligence, and what no schema can say (as many negative prompts as prompts) is
 * refused, which positive_data_acceptance does. valid-requests.test.ts has both for requests that mean something.
 */
const CHECKS = [
  "--checks",
  "all",
  "--exclude-checks",
  "negative_data_rejection,positive_data_acceptance",
];

/** Requests of each operation; what they hold follows from the seed. */
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
