import { join } from "node:path";
import { z } from "zod";
import { transferSchema, type Transfer } from "../contract/transfers.ts";
import { RowFile } from "../files/row-file.ts";
import { readStoredError } from "../files/stored-error.ts";
import { hasSetAside } from "../files/stored-file.ts";

const storedErrorSchema = z.unknown().transform(readStoredError).optional();

/** A transfer as it is stored, with its order. */
const keptTransferSchema = z.object({
  transfer: transferSchema.extend({ error: storedErrorSchema }),
  order: z.json(),
});
export type KeptTransfer = z.output<typeof keptTransferSchema>;

/** A transfer takes a few hundred bytes; a person clears the ended ones. */
const READING = {
  list: "transfers",
  maxBytes: 8 << 20,
  parse: (row: unknown): KeptTransfer => keptTransferSchema.parse(row),
};

/** The file `transfers.json` in the data folder. */
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

  /** The transfers of the last run. */
  get transfers(): readonly KeptTransfer[] {
    return this.#file.rows;
  }

  get notices(): readonly string[] {
    const { notices, isDamaged } = this.#file;
    return isDamaged ? [...notices, KEPT_BYTES] : notices;
  }

  /** Whether an unreadable transfer mentions an id. */
  mayName(id: string): boolean {
    return this.#file.mayName(id);
  }

  /** Whether an unreadable transfer, or a list that was moved aside, may still need partial results. */
  mayNeed(id: string): boolean {
    return this.mayName(id) || hasSetAside(this.#path);
  }

  /** Writes what `transfers` returns when its turn comes. */
  write(transfers: () => readonly KeptTransfer[]): Promise<void> {
    return this.#file.turn(() => this.#file.write(transfers()));
  }
}

const KEPT_BYTES =
  "Unfinished downloads stay in the models folder as long as that file exists: download the same model again to continue where it stopped, or delete the file to free the space.";

/** A transfer of an earlier run: a running one waits again. */
export function asStarted(transfer: Transfer): Transfer {
  const state = transfer.state === "running" ? "waiting" : transfer.state;
  return { ...transfer, state, bytesPerSecond: undefined, secondsLeft: undefined };
}
