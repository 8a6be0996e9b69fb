import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "./temporary-folder.ts";

const REAL = fileURLToPath(new URL("../../engine/runtime/inference-process.ts", import.meta.url));

/** A program that replaces the inference process, and how often it was started. */
export interface InferenceProgram {
  readonly program: string;
  readonly starts: () => number;
}

/** Never answers, like a driver that hangs. */
export function hangingProgram(): InferenceProgram {
  return programOf(`process.on("message", () => {}); setInterval(() => {}, 1000);`);
}

/** Answers every request with its environment. */
export function echoingProgram(): InferenceProgram {
  return programOf(
    `process.on("message", ({ id }) => process.send({ id, outputs: { ...process.env } }));`,
  );
}

/** Ends at its first request `times` times, and then is the real program. */
export function dyingProgram(times: number, end: string): InferenceProgram {
  return programOf(
    `if (starts <= ${times}) process.on("message", () => { ${end} });
     else await import(${JSON.stringify(REAL)});`,
  );
}

function programOf(code: string): InferenceProgram {
  const folder = temporaryFolder();
  const [program, count] = [join(folder, "program.mjs"), join(folder, "starts")];
  writeFileSync(count, "0");
  writeFileSync(
    program,
    `import { readFileSync, writeFileSync } from "node:fs";
     const starts = Number(readFileSync(${JSON.stringify(count)}, "utf8")) + 1;
     writeFileSync(${JSON.stringify(count)}, String(starts));
     ${code}`,
  );
  return { program, starts: () => Number(readFileSync(count, "utf8")) };
}
