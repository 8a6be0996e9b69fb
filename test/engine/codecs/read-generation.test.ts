import * as fc from "fast-check";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { readForeignGeneration } from "../../../engine/codecs/read-generation.ts";
import { recallSchema } from "../../../engine/contract/generation.ts";
import { StudioError } from "../../../engine/contract/errors.ts";
import { generationTexts } from "../../../engine/image/generation-text.ts";
import { pixels } from "../../../engine/image/pixels.ts";
import { addPngTexts } from "../../../engine/image/png/png-text.ts";
import { encodePng } from "../../../engine/image/png/png.ts";
import { exifOf, type ExifText } from "../../fakes/exif-writer.ts";
import * as written from "../../fakes/foreign-texts.ts";
import { RECORD } from "../../fakes/gallery.ts";
import { refusal } from "../../fakes/refusal.ts";

const picture = pixels(16, 8, new Uint8Array(16 * 8 * 3));
const png = (texts: Record<string, string>) =>
  addPngTexts(encodePng(picture), new Map(Object.entries(texts)));

/** A JPEG with this EXIF, inserted where Python libraries insert it: right after the start. */
async function jpegWith(exif: Uint8Array): Promise<Uint8Array> {
  const jpeg = await sharp(encodePng(picture)).jpeg().toBuffer();
  const body = Buffer.concat([Buffer.from("Exif\0\0"), exif]);
  const head = Buffer.from([0xff, 0xe1, (body.length + 2) >> 8, (body.length + 2) & 255]);
  return Buffer.concat([jpeg.subarray(0, 2), head, body, jpeg.subarray(2)]);
}

/** A WebP with this EXIF, in the extended form that has a place for it. */
async function webpWith(exif: Uint8Array): Promise<Uint8Array> {
  const simple = await sharp(encodePng(picture)).webp({ lossless: true }).toBuffer();
  const size = Buffer.alloc(4);
  size.writeUInt32LE(exif.length);
  const padding = Buffer.alloc(exif.length % 2);
  const header = Buffer.from("VP8X\n\0\0\0\b\0\0\0\x0f\0\0\x07\0\0", "latin1");
  const chunks = Buffer.concat([
    Buffer.from("WEBP"),
    header,
    simple.subarray(12),
    Buffer.from("EXIF"),
    size,
    exif,
    padding,
  ]);
  const riff = Buffer.alloc(4);
  riff.writeUInt32LE(chunks.length);
  return Buffer.concat([Buffer.from("RIFF"), riff, chunks]);
}

const utf16 = (text: string, isLittle: boolean) => {
  const bytes = Buffer.from(text, "utf16le");
  return isLittle ? bytes : bytes.swap16();
};
const unicode = (text: string, isLittle: boolean): ExifText => ({
  tag: "UserComment",
  bytes: Buffer.concat([Buffer.from("UNICODE\0"), utf16(text, isLittle)]),
});

describe("PNG", () => {
  test("one of ours gives its complete record", async () => {
    const ours = png(Object.fromEntries(generationTexts(RECORD)));
    expect(await readForeignGeneration(ours, "a.png")).toEqual({
      writer: "darkroom",
      record: RECORD,
    });
  });

  test("one of ComfyUI's gives its record", async () => {
    const recall = await readForeignGeneration(png({ prompt: written.COMFYUI }), "a.png");
    expect(recall).toMatchObject({ writer: "comfyui", record: { prompt: "a lighthouse" } });
  });
});

describe("studios whose settings are not read", () => {
  test.each<[string, Record<string, string>]>([
    ["SwarmUI", { parameters: '{"sui_image_params": {"prompt": "a boat", "seed": 3}}' }],
    [
      "RuinedFooocus",
      { parameters: '{"Prompt": "a boat", "steps": 4, "software": "RuinedFooocus"}' },
    ],
    ["NovelAI", { Software: "NovelAI", Comment: '{"steps": 28, "seed": 3}' }],
    ["NovelAI", { Source: "NovelAI Diffusion V4", Description: "a boat" }],
    ["Easy Diffusion", { prompt: "a boat", seed: "3", num_inference_steps: "4" }],
    ["Midjourney", { Description: "a boat --v 6.1 Job ID: 0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9" }],
    ["Tensor.Art", { generation_data: '{"prompt":"a boat"}' }],
    ["NMKD Stable Diffusion GUI", { Nmkdiffusion: '{"prompt":"a boat"}' }],
    ["Adobe Firefly", { "XML:com.adobe.xmp": "<xmp:CreatorTool>Adobe Firefly</xmp:CreatorTool>" }],
    ["Google AI", { "XML:com.adobe.xmp": "<photoshop:Credit>Made with Google AI<" }],
  ])("%s is named", async (studio, texts) => {
    const reason = `it is from ${studio}, whose settings Darkroom does not read`;
    await expect(readForeignGeneration(png(texts), "a.png")).rejects.toThrow(
      refusal("NO_GENERATION_DATA", { file: "a.png", reason }),
    );
  });

  test("what can be read besides their texts is read", async () => {
    const texts = { generation_data: "{}", parameters: written.A1111 };
    expect(await readForeignGeneration(png(texts), "a.png")).toMatchObject({ writer: "a1111" });
  });

  test.each([
    { Software: "Adobe Photoshop 26.0" },
    { Software: "NovelAIsh" },
    { Description: "a boat, Job ID: none" },
    { parameters: "a boat" },
  ])("%j names no studio", async (texts) => {
    await expect(
      readForeignGeneration(png(texts as Record<string, string>), "a.png"),
    ).rejects.toThrow(
      refusal("NO_GENERATION_DATA", { file: "a.png", reason: "the file holds no settings" }),
    );
  });
});

describe.each([
  ["JPEG", jpegWith],
  ["WebP", webpWith],
])("%s", (_, pictureWith) => {
  const prompt = "a lighthouse, 灯台, Äpfel";
  const infotext = written.A1111.replace("a lighthouse, oil on canvas", prompt);
  test.each<[string, ExifText]>([
    ["A1111's user comment, high bytes first", unicode(infotext, false)],
    ["the same, low bytes first", unicode(infotext, true)],
    ["the same with a mark of the order", unicode(`\ufeff${infotext}`, true)],
    [
      "UTF-8 that calls itself ASCII",
      { tag: "UserComment", bytes: Buffer.from(`ASCII\0\0\0${infotext}`) },
    ],
    [
      "UTF-8 of no encoding",
      { tag: "UserComment", bytes: Buffer.from(`\0\0\0\0\0\0\0\0${infotext}`) },
    ],
    [
      "UTF-8 that calls itself UNICODE",
      { tag: "UserComment", bytes: Buffer.from(`UNICODE\0${infotext}`) },
    ],
    [
      "the same with a mark and zeros behind it",
      { tag: "UserComment", bytes: Buffer.from(`UNICODE\0\ufeff${infotext}\0\0\0`) },
    ],
    ["the first with a mark of the order", unicode(`\ufeff${infotext}`, false)],
    [
      "UTF-8 that calls itself JIS",
      { tag: "UserComment", bytes: Buffer.from(`JIS\0\0\0\0\0${infotext}`) },
    ],
  ])("%s", async (_, text) => {
    const recall = await readForeignGeneration(await pictureWith(exifOf([text])), "a");
    expect(recall).toMatchObject({
      writer: "a1111",
      record: { prompt, seed: "18446744073709551615", scheduler: "dpm++2m-karras" },
    });
  });

  const japanese = infotext.replace(prompt, "灯台");
  // The result of Python's encode for the two characters.
  test.each<[string, readonly number[]]>([
    ["ISO-2022-JP", [0x1b, 0x24, 0x42, 0x45, 0x74, 0x42, 0x66, 0x1b, 0x28, 0x42]],
    ["Shift JIS", [0x93, 0x94, 0x91, 0xe4]],
  ])("%s under the mark JIS", async (_, word) => {
    const rest = Buffer.from(japanese.replace("灯台", ""));
    const bytes = Buffer.concat([Buffer.from("JIS\0\0\0\0\0"), Uint8Array.from(word), rest]);
    const text = { tag: "UserComment", bytes } as const;
    const recall = await readForeignGeneration(await pictureWith(exifOf([text])), "a");
    expect(recall).toMatchObject({
      writer: "a1111",
      record: { prompt: "灯台", seed: "18446744073709551615" },
    });
  });

  test("Latin-1 that is declared as ASCII", async () => {
    const bytes = Buffer.from(`ASCII\0\0\0${infotext.replace(prompt, "Äpfel")}`, "latin1");
    const exif = exifOf([{ tag: "UserComment", bytes }]);
    const recall = await readForeignGeneration(await pictureWith(exif), "a");
    expect(recall.record.prompt).toBe("Äpfel");
  });

  test.each<[string, readonly ExifText[]]>([
    ["SwarmUI", [unicode('{"sui_image_params":{"prompt":"a boat"}}', false)]],
    ["Easy Diffusion", [unicode('{"prompt":"a boat","use_stable_diffusion_model":"x"}', true)]],
    ["NovelAI", [{ tag: "Software", ascii: "NovelAI" }]],
  ])("%s is named, since it is not read", async (studio, texts) => {
    const picture = await pictureWith(exifOf(texts));
    const reason = `it is from ${studio}, whose settings Darkroom does not read`;
    await expect(readForeignGeneration(picture, "a")).rejects.toThrow(
      refusal("NO_GENERATION_DATA", { file: "a", reason }),
    );
  });

  test("Draw Things' JSON", async () => {
    const exif = exifOf([
      { tag: "UserComment", bytes: Buffer.from(`ASCII\0\0\0${written.DRAW_THINGS}`) },
    ]);
    const recall = await readForeignGeneration(await pictureWith(exif), "a");
    expect(recall).toMatchObject({
      writer: "draw-things",
      record: { prompt: "a lighthouse", seed: "3421" },
    });
  });

  test("Fooocus' JSON, which Pillow writes as plain text", async () => {
    const exif = exifOf([{ tag: "UserComment", ascii: written.FOOOCUS_JSON }]);
    const recall = await readForeignGeneration(await pictureWith(exif), "a");
    expect(recall).toMatchObject({ writer: "fooocus", record: { seed: "7036874417766400" } });
  });

  test("ComfyUI's graph under Model", async () => {
    const exif = exifOf([
      { tag: "Make", ascii: "workflow:{}" },
      { tag: "Model", ascii: `prompt:${written.COMFYUI}` },
    ]);
    const recall = await readForeignGeneration(await pictureWith(exif), "a");
    expect(recall).toMatchObject({ writer: "comfyui", record: { seed: "18446744073709551614" } });
  });

  test("a photograph does not say how it was made", async () => {
    const exif = exifOf([
      { tag: "Make", ascii: "Camera" },
      { tag: "Model", ascii: "One" },
    ]);
    await expect(readForeignGeneration(await pictureWith(exif), "holiday.jpg")).rejects.toThrow(
      refusal("NO_GENERATION_DATA", {
        file: "holiday.jpg",
        reason: "the file holds no settings",
      }),
    );
  });
});

test("an unreasonably large EXIF of a WebP is not read", async () => {
  const exif = exifOf([unicode(`${written.A1111}${" ".repeat(1 << 20)}`, false)]);
  await expect(readForeignGeneration(await webpWith(exif), "a.webp")).rejects.toThrow(
    refusal("NO_GENERATION_DATA"),
  );
});

test.each([
  ["a text", Buffer.from("a lighthouse\nSteps: 20, Sampler: DDIM, Seed: 5")],
  ["nothing", new Uint8Array(0)],
  ["a GIF", Buffer.from("GIF89a")],
])("%s is not a picture", async (_, bytes) => {
  await expect(readForeignGeneration(bytes, "a.txt")).rejects.toThrow(
    refusal("IMAGE_UNREADABLE", { file: "a.txt", reason: "it is neither PNG nor JPEG nor WebP" }),
  );
});

test("a picture that is cut or changed anywhere is read or refused", async () => {
  const pictures = [
    png({ parameters: written.A1111 }),
    await jpegWith(exifOf([unicode(written.A1111, false)])),
    await webpWith(exifOf([{ tag: "Model", ascii: `prompt:${written.COMFYUI}` }])),
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...pictures),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
      fc.nat(),
      async (whole, changes, end) => {
        const bytes = Uint8Array.from(
          whole.subarray(0, end % 3 === 0 ? end % whole.length : undefined),
        );
        for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value;
        const found = await readForeignGeneration(bytes, "a").catch((error: unknown) => error);
        if (found instanceof StudioError) return;
        expect(recallSchema.parse(found)).toEqual(found);
      },
    ),
    { numRuns: 300 },
  );
});
