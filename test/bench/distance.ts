/**
 * Measures how far a picture in int8 is from the same one in float32 (Exact), over the starter's own prompts and every
 * scheduler, compared with diffusers in bf16 if it is installed; and over a copy of the starter with planted outliers:
 * `npm run bench -- distance [--prompts N] [--from N] [--steps N] [--schedulers NAME,NAME] [--only starter|outliers]
 * [--no-moves] [--saturating] [--pieces FILE] [--table]`. Instead of the usual int8 and bf16, `--no-moves` compares int8 whose scales
 * were not moved (graph/lowerings/scale-moves.ts), and `--saturating` int8 as on a processor that adds products of bytes
 * in 16 bits.
 *
 * Nothing is timed, so the machine need not be quiet. Every comparison is written to the pieces file at once, and is
 * not repeated: a run may be stopped at any time and continues where it was. `--from` begins with a later prompt, in
 * order to share the prompts among runs. `--table` draws nothing and writes the file's results to
 * results/int8-distance.json, which has those of a second run by hand (`lastPrompts`).
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { SCHEDULER_NAMES, type SchedulerName } from "../../engine/contract/schedulers.ts";
import { STARTER } from "../../engine/drawing/read-model.ts";
import { psnr } from "../golden/reference.ts";
import { ssim } from "./likeness.ts";
import { median } from "./measure.ts";
import { bf16Painter, ourPainter, type Painter } from "./picture-contestants.ts";
import { cacheWithoutMoves, starterWithOutliers } from "./planted-outliers.ts";
import { starterPrompts } from "./starter-prompts.ts";

const { values } = parseArgs({
  options: {
    prompts: { type: "string", default: "24" },
    from: { type: "string", default: "1" },
    steps: { type: "string", default: "30" },
    schedulers: { type: "string", default: SCHEDULER_NAMES.join(",") },
    only: { type: "string" },
    "no-moves": { type: "boolean", default: false },
    saturating: { type: "boolean", default: false },
    pieces: { type: "string", default: join(tmpdir(), "darkroom-int8-distance.jsonl") },
    table: { type: "boolean", default: false },
  },
});
const steps = Number(values.steps);
const prompts = starterPrompts(Number(values.prompts)).slice(Number(values.from) - 1);
const schedulers = z.array(z.enum(SCHEDULER_NAMES)).parse(values.schedulers.split(","));

const MODELS = ["starter", "outliers"] as const;
type ModelName = (typeof MODELS)[number];
const models = MODELS.filter((name) => values.only === undefined || values.only === name);

/** One picture compared with Exact's. */
const pieceSchema = z.object({
  model: z.enum(MODELS),
  scheduler: z.enum(SCHEDULER_NAMES),
  who: z.enum(["int8", "bf16", "int8 without moves", "int8 saturating"]),
  steps: z.int(),
  prompt: z.string(),
  /** Decibels. */
  psnr: z.number(),
  ssim: z.number(),
});
type Piece = z.output<typeof pieceSchema>;

const pieces: Piece[] = (existsSync(values.pieces) ? readFileSync(values.pieces, "utf8") : "")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => pieceSchema.parse(JSON.parse(line)));

type Place = Pick<Piece, "model" | "scheduler" | "prompt">;

function has({ model, scheduler, prompt }: Place, who: Piece["who"]): boolean {
  return pieces.some(
    (piece) =>
      piece.model === model &&
      piece.scheduler === scheduler &&
      piece.prompt === prompt &&
      piece.who === who &&
      piece.steps === steps,
  );
}

/** The painters of a model: Exact, and those compared with it. */
interface Painters {
  readonly exact: Painter;
  readonly others: ReadonlyMap<Piece["who"], Painter>;
}

async function paintersOf(model: ModelName): Promise<Painters> {
  const folder = model === "starter" ? STARTER : starterWithOutliers();
  const exact = ourPainter(folder, "float32");
  if (values["no-moves"]) {
    const unmoved = ourPainter(folder, "int8", { cacheFolder: await cacheWithoutMoves(folder) });
    return { exact, others: new Map([["int8 without moves", unmoved]]) };
  }
  if (values.saturating) {
    const narrow = ourPainter(folder, "int8", { addsExactly: async () => false });
    return { exact, others: new Map([["int8 saturating", narrow]]) };
  }
  const int8 = ourPainter(folder, "int8");
  // The rounding of bf16 does not depend on magnitude, so outliers do not affect it.
  const bf16 = model === "starter" ? await bf16Painter(folder) : undefined;
  if (model === "starter" && bf16 === undefined) console.error("diffusers bf16: not installed");
  const others = new Map<Piece["who"], Painter>([["int8", int8]]);
  if (bf16 !== undefined) others.set("bf16", bf16);
  return { exact, others };
}

async function compare(place: Place, { exact, others }: Painters): Promise<void> {
  const missing = [...others].filter(([who]) => !has(place, who));
  if (missing.length === 0) return;
  const asked = { prompt: place.prompt, scheduler: place.scheduler, steps };
  const expected = await exact.draw(asked);
  for (const [who, painter] of missing) {
    const picture = await painter.draw(asked);
    const likeness = { psnr: psnr(picture.data, expected.data), ssim: ssim(picture, expected) };
    const piece: Piece = { ...place, who, steps, ...likeness };
    pieces.push(piece);
    appendFileSync(values.pieces, `${JSON.stringify(piece)}\n`);
  }
}

/** Prompt by prompt, so that a run that is stopped has the same number for every scheduler. */
async function draw(model: ModelName): Promise<void> {
  const painters = await paintersOf(model);
  try {
    for (const prompt of prompts) {
      for (const scheduler of schedulers) await compare({ model, scheduler, prompt }, painters);
    }
  } finally {
    for (const painter of [painters.exact, ...painters.others.values()]) painter[Symbol.dispose]();
  }
}

interface Row {
  readonly model: ModelName;
  readonly scheduler: SchedulerName;
  readonly who: Piece["who"];
  readonly prompts: number;
  readonly psnr: MiddleAndWorst;
  readonly ssim: MiddleAndWorst;
}

interface MiddleAndWorst {
  readonly median: number;
  readonly worst: number;
}

const middleAndWorst = (likenesses: readonly number[]): MiddleAndWorst => ({
  median: median(likenesses),
  worst: Math.min(...likenesses),
});

function rowsOf(who: Piece["who"]): readonly Row[] {
  return MODELS.flatMap((model) =>
    SCHEDULER_NAMES.flatMap((scheduler) => {
      const mine = pieces.filter(
        (piece) =>
          piece.model === model &&
          piece.scheduler === scheduler &&
          piece.who === who &&
          piece.steps === steps,
      );
      if (mine.length === 0) return [];
      const decibels = middleAndWorst(mine.map((piece) => piece.psnr));
      const similarities = middleAndWorst(mine.map((piece) => piece.ssim));
      return [{ model, scheduler, who, prompts: mine.length, psnr: decibels, ssim: similarities }];
    }),
  );
}

function cells({ psnr: decibels, ssim: similarities }: Row): readonly string[] {
  return [
    ...[decibels.median, decibels.worst].map((value) => value.toFixed(1)),
    ...[similarities.median, similarities.worst].map((value) => value.toFixed(4)),
  ];
}

function print(rows: readonly Row[], beside: readonly Row[]): void {
  const four = "PSNR median | worst | SSIM median | worst";
  console.log(`| model | scheduler | prompts | int8: ${four} | bf16: ${four} |`);
  console.log(`|---|---|---|${"---|".repeat(8)}`);
  for (const row of rows) {
    const other = beside.find(
      ({ model, scheduler }) => model === row.model && scheduler === row.scheduler,
    );
    const theirs = other === undefined ? ["", "", "", ""] : cells(other);
    const head = [row.model, row.scheduler, String(row.prompts)];
    console.log(`| ${[...head, ...cells(row), ...theirs].join(" | ")} |`);
  }
}

if (!values.table) for (const model of models) await draw(model);
const [int8, bf16] = [rowsOf("int8"), rowsOf("bf16")];
const [unmoved, saturating] = [rowsOf("int8 without moves"), rowsOf("int8 saturating")];
print(int8, bf16);
if (unmoved.length > 0) {
  console.log("\nThe same without moved scales:");
  print(unmoved, []);
}
if (saturating.length > 0) {
  console.log("\nThe same on a processor that saturates:");
  print(saturating, []);
}
if (values.table) {
  const file = new URL("results/int8-distance.json", import.meta.url);
  writeFileSync(
    file,
    `${JSON.stringify({ steps, rows: [...int8, ...bf16, ...unmoved, ...saturating] }, null, 2)}\n`,
  );
}
