import { join } from "node:path";
import { z } from "zod";
import { transferSchema, type Transfer } from "../contract/transfers.ts";
import { RowFile } from "../files/row-file.ts";
import { readStoredError } from "../files/stored-error.ts";
import { hasSetAside } from "../files/stored-file.ts";

const storedErrorSchema = z.unknown().transform(readStoredError).optional();

/** A transfer as it is kept: with the order it carries out, which only its runner understands. */
const keptTransferSchema = z.object({
  transfer: transferSchema.extend({ error: storedErrorSchema }),
  order: z.json(),
});
export type KeptTransfer = z.output<typeof keptTransferSchema>;

/** A few hundred bytes each; those that have ended are cleared by hand. */
const READING = {
  list: "transfers",
  maxBytes: 8 << 20,
  parse: (row: unknown): KeptTransfer => keptTransferSchema.parse(row),
};

/** `transfers.json` of the data folder. */
export class TransferFile {
  readonly #path: string;
  readonly #file: RowFile<KeptTransfer>;

  private constructor(path: string, file: RowFile<KeptTransfer>) {
    this.#path = path;
    this.#file = file;
  }

  static async open(dataFolder: string): Promise<TransferFile> {
    const path = join(dataFolder, "transfers.json");
    return new TransferFile(path, await RowFile.open(path, READING));
  }

  /** Those of the last run. */
  get transfers(): readonly KeptTransfer[] {
    return this.#file.rows;
  }

  get notices(): readonly string[] {
    const { notices, isDamaged } = this.#file;
    return isDamaged ? [...notices, KEPT_BYTES] : notices;
  }

  /** Whether a transfer that cannot be read names something. */
  mayName(id: string): boolean {
    return this.#file.mayName(id);
  }

  /** Whether a transfer that cannot be read, or a list that was set aside, may still need what is half done. */
  mayNeed(id: string): boolean {
    return this.mayName(id) || hasSetAside(this.#path);
  }

  /** Writes what `transfers` gives when its turn has come. */
  write(transfers: () => readonly KeptTransfer[]): Promise<void> {
    return this.#file.turn(() => this.#file.write(transfers()));
  }
}

const KEPT_BYTES =
  "Unfinished downloads stay in the models folder as long as that file lies there: download the same model again to go on where it stopped, or delete the file to free the space.";

/** A transfer of an earlier run: what ran then waits now. */
export function asStarted(transfer: Transfer): Transfer {
  const state = transfer.state === "running" ? "waiting" : transfer.state;
  return { ...transfer, state, bytesPerSecond: undefined, secondsLeft: undefined };
}
