import { chunksOf, joinChunks } from "./png-chunks.ts";
import { encodeTexts, isTextType, splitText } from "./png-text.ts";

/**
 * The same PNG with these texts, by keyword, in front of the picture; those it had under the same
 * keywords are gone. The picture's own bytes stay as they are. Throws PngDamage.
 */
export function replacePngTexts(png: Uint8Array, texts: ReadonlyMap<string, string>): Uint8Array {
  const chunks: Uint8Array[] = [];
  let isPlaced = false;
  for (const { type, body, whole } of chunksOf(png)) {
    if (isTextType(type) && texts.has(splitText({ type, body }).keyword)) continue;
    if (type === "IDAT" && !isPlaced) {
      chunks.push(...encodeTexts(texts));
      isPlaced = true;
    }
    chunks.push(whole);
  }
  return joinChunks(chunks);
}
