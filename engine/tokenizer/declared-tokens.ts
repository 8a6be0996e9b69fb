import {
  type DeclaredToken,
  readEntries,
  readList,
  readListedToken,
  readToken,
} from "./declared-token.ts";
import { isObject, type JsonObject } from "../snapshot/json.ts";
import { type VocabularyFile, readId } from "./vocabulary-files.ts";

/** The files of a tokenizer folder that declare tokens; empty objects for missing files. */
export interface Declarations {
  readonly config: JsonObject;
  readonly specialTokens: JsonObject;
  readonly addedTokens: JsonObject;
  readonly tokenizer: JsonObject;
}

/** The tokens that a folder declares besides its vocabulary. */
export interface DeclaredTokens {
  readonly start: string;
  readonly end: string;
  readonly padding: string;
  readonly unknown: string;
  /** Declared with ids of their own; the four above are not always among them. */
  readonly added: readonly DeclaredToken[];
  /** Every token, each text once, in the order in which new ones are numbered. */
  readonly all: readonly DeclaredToken[];
}

const END: DeclaredToken = { content: "<|endoftext|>", normalized: false, singleWord: false };
const START: DeclaredToken = { ...END, content: "<|startoftext|>" };

/** In the order in which the reference adds them. A role without a default token is absent unless declared. */
const ROLES: readonly (readonly [string, DeclaredToken?])[] = [
  ["bos_token", START],
  ["eos_token", END],
  ["unk_token", END],
  ["sep_token"],
  ["pad_token", END],
  ["cls_token"],
  ["mask_token"],
];

/**
 * Precedence follows transformers: a config with `added_tokens_decoder` is used alone; otherwise
 * special_tokens_map.json overrides it, and the other lists of added tokens are used as well.
 */
export function readDeclaredTokens(files: Declarations): DeclaredTokens {
  const config: Source = { file: "tokenizer_config.json", object: files.config };
  const decoder = files.config["added_tokens_decoder"];
  const map: Source = {
    file: "special_tokens_map.json",
    object: decoder === undefined ? files.specialTokens : {},
  };
  const stated = new Map([...rolesIn(config), ...rolesIn(map)]);
  const extra = extraIn(config);
  const added =
    decoder === undefined
      ? addedIn(files, [...stated.values(), ...extra])
      : decodedIn(decoder, config.file);

  const named = ROLES.flatMap(([role, usual]) => stated.get(role) ?? usual ?? []);
  const others = extra.length > 0 ? extra : extraIn(map);
  return {
    start: (stated.get("bos_token") ?? START).content,
    end: (stated.get("eos_token") ?? END).content,
    padding: (stated.get("pad_token") ?? END).content,
    unknown: (stated.get("unk_token") ?? END).content,
    added,
    all: inOrder(added, [...named, ...others]),
  };
}

/** A token and its declared id. */
type Numbered = readonly [number, DeclaredToken];

/** A file that assigns roles to tokens. */
interface Source {
  readonly file: VocabularyFile;
  readonly object: JsonObject;
}

function rolesIn({ file, object }: Source): [string, DeclaredToken][] {
  return ROLES.flatMap(([field]) => {
    const value = object[field] ?? undefined;
    return value === undefined ? [] : [[field, readToken(value, { file, field })]];
  });
}

function extraIn({ file, object }: Source): DeclaredToken[] {
  const field = "extra_special_tokens";
  const value = object[field] ?? object["additional_special_tokens"] ?? [];
  const list = isObject(value) ? Object.values(value) : value;
  return readList(list, { file, field }).map((token) => readToken(token, { file, field }));
}

/** Reads `added_tokens_decoder`, from id to token. */
function decodedIn(decoder: unknown, file: VocabularyFile): DeclaredToken[] {
  const place = { file, field: "added_tokens_decoder" };
  return byId(
    readEntries(decoder, place).map(([id, value]) => {
      const token = readListedToken(value, place);
      return [readId(Number(id), token.content, file), token];
    }),
  );
}

/** Reads added_tokens.json, from text to id, and the list in tokenizer.json, which overrides it. */
function addedIn(
  { addedTokens, tokenizer }: Declarations,
  special: readonly DeclaredToken[],
): DeclaredToken[] {
  const file = "added_tokens.json";
  const texts = new Set(special.map(({ content }) => content));
  const older = readEntries(addedTokens, { file, field: "the file" }).map(
    ([content, id]): Numbered => [
      readId(id, content, file),
      readListedToken({ content, special: texts.has(content) }, { file, field: "the file" }),
    ],
  );
  return byId([...older, ...listedIn(tokenizer["added_tokens"] ?? [])]);
}

function listedIn(list: unknown): Numbered[] {
  const place = { file: "tokenizer.json", field: "added_tokens" } as const;
  return readList(list, place).map((value) => {
    const token = readListedToken(value, place);
    const id = isObject(value) ? value["id"] : undefined;
    return [readId(id, token.content, place.file), token];
  });
}

/** In the order of their ids; if two share an id, the later one wins. */
function byId(tokens: readonly Numbered[]): DeclaredToken[] {
  const sorted = [...new Map(tokens)].toSorted(([a], [b]) => a - b);
  return sorted.map(([, token]) => token);
}

/**
 * Tokens with ids take precedence over roles. Otherwise, of two different declarations of a text the later one wins and
 * keeps the earlier one's position; a mere repetition changes nothing.
 */
function inOrder(
  added: readonly DeclaredToken[],
  special: readonly DeclaredToken[],
): DeclaredToken[] {
  const known = new Set(added.map(({ content }) => content));
  const tokens = [...added, ...special.filter(({ content }) => !known.has(content))];
  const distinct = new Map(tokens.map((token) => [JSON.stringify(token), token]));
  const byContent = new Map(distinct.values().map((token) => [token.content, token]));
  byContent.delete("");
  return [...byContent.values()];
}
