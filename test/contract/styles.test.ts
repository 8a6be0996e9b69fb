import { describe, expect, test } from "vitest";
import { readGeneration } from "../../engine/image/generation-text.ts";
import { readPngTexts } from "../../engine/image/png/read-png-texts.ts";
import { Listener, QUICK, StudioUnderTest } from "./studio-under-test.ts";
import { TRANSPORTS } from "./transports.ts";

describe.each(TRANSPORTS)("styles, $name", (transport) => {
  const studio = StudioUnderTest.over(transport);

  test("a picture is drawn with the complete prompt, and its record also has what was typed", async () => {
    const { client } = studio;
    const file = new File(
      ["name,prompt,negative_prompt\nPencil,pencil of {prompt},colour\n"],
      "s.csv",
    );
    expect(await client.styles.import({ file })).toEqual({
      added: ["Pencil"],
      known: 0,
      renamed: 0,
      skipped: 0,
    });
    const styles = ["Pencil"];
    const { generationIds } = await client.generation.enqueue({
      ...QUICK,
      prompt: "a fish",
      styles,
    });
    const { imageId = "", order } = await studio.until(generationIds[0] ?? "", "done");
    const told = {
      prompt: "pencil of a fish",
      negativePrompt: "colour",
      styles,
      typedPrompt: "a fish",
      typedNegativePrompt: "",
    };
    expect(order).toMatchObject(told);
    const { address, record } = await client.gallery.get({ id: imageId });
    expect(record).toMatchObject(told);
    expect(readGeneration(readPngTexts(await studio.picture(address)))).toMatchObject(told);
  });

  test("styles are saved, renamed, exported and deleted, and each change is reported", async () => {
    const { client } = studio;
    const listener = await Listener.at(client);
    const soft = { name: "Soft", prompt: "soft light", negativePrompt: "", settings: { steps: 9 } };
    await client.styles.save({ styles: [soft] });
    await client.styles.save({ styles: [{ ...soft, name: "Softer" }], replaces: "Soft" });
    await listener.until((event) => event.type === "styles-changed");
    listener.leave();
    const { text } = await client.styles.export({ format: "json" });
    expect(JSON.parse(text).styles).toContainEqual({ ...soft, name: "Softer" });
    await client.styles.remove({ names: ["Softer"] });
    expect((await client.styles.list()).some(({ name }) => name.startsWith("Soft"))).toBe(false);
    const asked = client.generation.enqueue({ ...QUICK, prompt: "a fish", styles: ["Softer"] });
    await expect(asked).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});
