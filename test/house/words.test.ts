import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** Phrases that readers found hard to understand, on a page, in a terminal or in the code. */
const STUMBLING_STONES: readonly RegExp[] = [
  /it is developed here/i,
  /passed over/i,
  /lies on this machine already/i,
  /\bdraw (at an endpoint|on another)/i,
  /start from noise again/i,
  /high forgets/i,
  /grow out of/i,
  /taken over/i,
  /gone over on its way/i,
  /burns? colou?rs/i,
  /where chance begins/i,
  /below 2 to the 64th/i,
  /numbers ran away/i,
  /when the studio ended/i,
  /nothing waits\./i,
  /clear ended/i,
  /\bwhole path/i,
  /\bcomes? along\b/i,
  /name in the store/i,
  /the one to take unless/i,
  /nothing looks at it/i,
  /studio's own place/i,
  /seldom the service/i,
  /this is no address/i,
  /authority this machine knows/i,
  /change something/i,
  /no machine has that name/i,
  /chosen with the endpoint/i,
  /for programs of this machine/i,
  /leave it so/i,
  /only where it has a key/i,
  /nobody gets in/i,
  /asks as\b/i,
  /opens nothing/i,
  /what comes beyond/i,
  /(?<!rejects )\bas the system\b/i,
  /back to the studio's own/i,
  /not known to the studio/i,
  /not to be had/i,
  /\bruns already\b/i,
  /its keeper/i,
  /only our mistakes/i,
  /folders stay untold/i,
  /that it takes it not/i,
  /\bthe seed's (handler|notebook|model|reply|endpoint|service)/i,
  /\bdoors?\b/i,
  /drawings that came along/i,
  /how long .{1,20}(there )?is not known/i,
  /\bmodel reads 75/i,
  /what is underlined is left out/i,
  /memory, which is there/i,
  /pictures of \S+ from words/i,
  /\bare fetched\b/i,
  /whichever still has/i,
  /first part of its address/i,
  /the only one it lists/i,
  /the model answers as/i,
  /the server stays as it was/i,
  /as its start said/i,
  /chosen port was taken/i,
  /may ask for pictures/i,
  /\bI have it\b/i,
  /leaves this machine but/i,
  /of a mirror, if/i,
  /try the devices again/i,
  /asks for a token that it accepts/i,
  /declares no inputs, as/i,
  /says that so many/i,
  /deleted unasked/i,
  /\bnot told\b/i,
];

/** All of them as one, which is several times faster than one after the other. */
const STUMBLING_STONE = new RegExp(STUMBLING_STONES.map(({ source }) => source).join("|"), "i");

/** Texts of a page, from their start, that are ordinary words elsewhere. */
const STONES_OF_PAGES =
  /"(draw on\b|it declares\b|(starts from|takes|untimed|cannot be used|its own settings|what it reads|the prompt alone|every setting)").*/gi;

const ROOTS = ["engine", "renderer", "electron", "test", "assets"];

/** This test's own patterns. */
const STONES = "test/house/words.test.ts";
const TEXTS = /\.(tsx?|md|html)$/;

test("no sentence of the product is one that readers found hard to understand", () => {
  const files = ROOTS.flatMap((root) =>
    readdirSync(root, { recursive: true, encoding: "utf8" })
      .filter((name) => TEXTS.test(name))
      .map((name) => `${root}/${name}`)
      .filter((file) => file !== STONES),
  );
  const found = [...files, "README.md"].flatMap((file) =>
    readFileSync(file, "utf8")
      // A sentence may be broken between two lines of a comment.
      .replaceAll(/\n\s*(\*|\/\/)?\s*/g, " ")
      .split(/(?<=[.;:"`*]) /)
      .filter((sentence) => STUMBLING_STONE.test(sentence))
      .map((sentence) => `${file}: ${sentence.trim().slice(0, 160)}`),
  );
  expect(found).toEqual([]);
});

test("no label of a page is one that readers found hard to understand", () => {
  const folder = "renderer/words/en";
  const found = readdirSync(folder).flatMap((file) =>
    (readFileSync(`${folder}/${file}`, "utf8").match(STONES_OF_PAGES) ?? []).map(
      (text) => `${file}: ${text}`,
    ),
  );
  expect(found).toEqual([]);
});
