import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { RECORDING_FORMS } from "../../engine/contract/recordings.ts";
import { added, openEndpoints } from "../fakes/open-endpoints.ts";
import { ConstantEngine } from "../fakes/constant-engine.ts";
import { openConstantServer } from "../fakes/open-inference-server.ts";
import { recordingOf } from "../../engine/studio/recording.ts";
import { runCommand } from "../fakes/run-command.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

const PYTHON = process.env["DARKROOM_TEST_PYTHON"] ?? "python3";
const NEEDS = {
  curl: ["curl", ["--version"]],
  requests: [PYTHON, ["-c", "import numpy, requests, PIL"]],
  triton: [PYTHON, ["-c", "import numpy, tritonclient.http, PIL"]],
} as const;

const SENT = {
  negativePrompt: "",
  prompt: `it's "a dog", 雪 $HOME`,
  steps: 12,
  guidanceScale: 7.1,
  seed: "7",
  width: 64,
  height: 64,
} as const;

for (const form of RECORDING_FORMS.filter((name) => name !== "v2")) {
  const [command, args] = NEEDS[form];
  const isThere = spawnSync(command, [...args]).status === 0;
  test.skipIf(!isThere)(`what is recorded for ${form} asks for the same picture`, async () => {
    const engine = new ConstantEngine();
    const server = await openConstantServer({ isKeyRequired: true }, engine);
    const { secret } = await server.file.addKey({
      name: "A reader",
      scopes: ["inference"],
      keepsPictures: false,
      isSeedProfile: false,
    });
    const { endpoints } = await openEndpoints();
    const { id } = await endpoints.add(added(server.origin, { token: secret }));
    await endpoints.test(id);
    const endpoint = endpoints.get(id);
    const recording = recordingOf({ ...SENT, model: endpoint.model }, { endpoint });
    expect(JSON.stringify(recording)).not.toContain(secret);
    const cwd = temporaryFolder();
    const env = { DARKROOM_TOKEN: secret };
    const ran =
      form === "curl"
        ? await runCommand("sh", ["-c", recording.curl], { cwd, env })
        : await runCommand(PYTHON, ["-c", recording[form]], { cwd, env });
    expect(ran).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(engine.jobs.flatMap(({ requests }) => requests)).toMatchObject([SENT]);
    expect(existsSync(join(cwd, form === "curl" ? "reply.json" : "picture.png"))).toBe(true);
  });
}
