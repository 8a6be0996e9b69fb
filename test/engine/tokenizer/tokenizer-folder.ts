import { readFileSync, readdirSync } from "node:fs";
import { createTokenizer, type Tokenizer } from "../../../engine/tokenizer/tokenizer.ts";
import { readVocabulary } from "../../../engine/tokenizer/vocabulary.ts";

/** The limits of Stable Diffusion's text encoders, with any number of embedding rows. */
export const CLIP = { positions: 77, rows: Infinity };

/** The text files of a tokenizer folder by name. */
export function readFolder(folder: string): Map<string, string> {
  return new Map(
    readdirSync(folder).map((name) => [name, readFileSync(`${folder}/${name}`, "utf8")]),
  );
}

/** The tokenizer of a folder. */
export function loadTokenizer(folder: string): Tokenizer {
  return createTokenizer(readVocabulary(readFolder(folder)), CLIP);
}
