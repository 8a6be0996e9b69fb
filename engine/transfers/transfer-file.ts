import { join } from "node:path";
import { z } from "zod";
import { transferSchema } from "../contract/transfers.ts";
import { readJson, writeJson } from "../files/json-file.ts";
import { Turns } from "../files/turns.ts";

/** A transfer as it is kept: with the order it carries out, which only its runner understands. */
const keptTransferSchema = z.object({ transfer: transferSchema, order: z.json() });
export type KeptTransfer = z.output<typeof keptTransferSchema>;

/** A few hundred bytes each; those that have ended are cleared by hand. */
const MAX_BYTES = 8 << 20;

const fileSchema = z.object({ transfers: keptTransferSchema.array() });
type Content = z.output<typeof fileSchema>;

/** `transfers.json` of the data folder. */
export class TransferFile {
  readonly #path: string;
  readonly #turns = new Turns();

  constructor(dataFolder: string) {
    this.#path = join(dataFolder, "transfers.json");
  }

  /** Those of the last run; a damaged file is set aside, and `notices` says so. */
  async read(): Promise<{
    readonly transfers: readonly KeptTransfer[];
    readonly notices: readonly string[];
  }> {
    const reading = {
      maxBytes: MAX_BYTES,
      parse: (json: unknown): Content => fileSchema.parse(json),
    };
    const { value, notice } = await readJson(this.#path, reading);
    return { transfers: value?.transfers ?? [], notices: notice === undefined ? [] : [notice] };
  }

  /** Writes what `transfers` gives when its turn has come. */
  write(transfers: () => readonly KeptTransfer[]): Promise<void> {
    return this.#turns.take(() => writeJson(this.#path, { transfers: transfers() }));
  }
}
