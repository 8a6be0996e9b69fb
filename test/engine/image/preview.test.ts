import { expect, test } from "vitest";
import { type Pixels, toPixels } from "../../../engine/image/pixels.ts";
import {
  colourChart,
  fitPreview,
  type PreviewMap,
  type PreviewSample,
  previewPixels,
  readPreviewMap,
} from "../../../engine/image/preview.ts";
import { tensor } from "../../../engine/tensor/tensor.ts";
import { readGolden } from "../../golden/read-golden.ts";

/** Latents from a simple formula, roughly -1..1, and the picture that a given map makes of them. */
function paint({ rows }: PreviewMap, height: number, width: number, factor: number): PreviewSample {
  const channels = rows[0].length - 1;
  const plane = height * width;
  const latents = Float32Array.from({ length: channels * plane }, (_, i) =>
    Math.sin(i * i + i / 7),
  );
  const decoded = new Float32Array(3 * plane * factor ** 2);
  for (const at of decoded.keys()) {
    const x = at % (width * factor);
    const y = Math.floor(at / (width * factor));
    const channel = Math.floor(y / (height * factor));
    const place = Math.floor((y % (height * factor)) / factor) * width + Math.floor(x / factor);
    const row = rows[channel]!;
    const colour =
      row.at(-1)! +
      row.slice(0, -1).reduce((sum, w, c) => sum + w * latents[c * plane + place]!, 0);
    // Detail within a block that its mean does not show.
    decoded[at] = colour + (factor % 2 === 0 ? ((x + y) % 2 === 0 ? 0.2 : -0.2) : 0);
  }
  return {
    latents: tensor([1, channels, height, width], latents),
    decoded: tensor([1, 3, height * factor, width * factor], decoded),
  };
}

const MAPS: Record<string, { map: PreviewMap; factor: number }> = {
  "4 channels, enlarged by 8": {
    factor: 8,
    map: {
      format: 1,
      rows: [
        [0.3, -0.1, 0.2, 0.05, 0.1],
        [0.1, 0.4, -0.3, 0.2, -0.2],
        [-0.2, 0.1, 0.1, 0.3, 0],
      ],
    },
  },
  "16 channels, enlarged by 4": {
    factor: 4,
    map: {
      format: 1,
      rows: [
        Array.from({ length: 17 }, (_, i) => Math.sin(i) / 5),
        Array.from({ length: 17 }, (_, i) => Math.cos(i) / 5),
        Array.from({ length: 17 }, (_, i) => Math.sin(i * i) / 5),
      ],
    },
  },
  "1 channel, as it is": {
    factor: 1,
    map: {
      format: 1,
      rows: [
        [0.5, 0],
        [0.1, 0.2],
        [-0.5, 0],
      ],
    },
  },
};

test.each(Object.entries(MAPS))(
  "finds the map of the samples to 1e-4: %s",
  (_, { map, factor }) => {
    const found = fitPreview([paint(map, 6, 9, factor), paint(map, 5, 4, factor)]);
    for (const [colour, row] of map.rows.entries()) {
      for (const [i, weight] of row.entries()) {
        expect(Math.abs(found.rows[colour]![i]! - weight), `${colour}.${i}`).toBeLessThan(1e-4);
      }
    }
  },
);

test("previews have one pixel per position, rounded as pictures are", () => {
  const map: PreviewMap = {
    format: 1,
    rows: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 0.5],
    ],
  };
  const latents = tensor([1, 2, 1, 3], Float32Array.of(-1, 0, 9, 0, 1, -9));
  expect(previewPixels(latents, map)).toEqual({
    width: 3,
    height: 1,
    data: Uint8Array.of(0, 128, 191, 128, 255, 191, 255, 0, 191),
  });
});

function meanSquare(left: Pixels, right: Pixels): number {
  const sum = left.data.reduce((total, byte, i) => total + (byte - right.data[i]!) ** 2, 0);
  return sum / left.data.length;
}

test("a preview of a VAE's latents is closer to its picture than any single colour", () => {
  const golden = readGolden("tiny-sd1-eps/expected/vae.safetensors");
  const [height, width] = [12, 8];
  const sample = {
    latents: tensor([1, 4, height, width], golden.get("latents")!),
    decoded: tensor([1, 3, 8 * height, 8 * width], golden.get("decoded")!),
  };
  // Means of 8 x 8 blocks, computed differently from the code under test.
  const means = Float32Array.from({ length: 3 * height * width }, (_, i) => {
    const [channel, y, x] = [
      Math.floor(i / (height * width)),
      Math.floor(i / width) % height,
      i % width,
    ];
    let sum = 0;
    for (let n = 0; n < 64; n++) {
      const row = channel * height * 8 + y * 8 + Math.floor(n / 8);
      sum += sample.decoded.data[row * width * 8 + x * 8 + (n % 8)]!;
    }
    return sum / 64;
  });
  const wanted = toPixels(tensor([1, 3, height, width], means));
  const average = [0, 1, 2].map((channel) => {
    const bytes = [...wanted.data].filter((_, i) => i % 3 === channel);
    return bytes.reduce((a, b) => a + b) / bytes.length;
  });
  const constant = { ...wanted, data: wanted.data.map((_, i) => Math.round(average[i % 3]!)) };
  const preview = previewPixels(sample.latents, fitPreview([sample]));
  // This VAE's weights are random, so a linear map cannot fit it well.
  expect(meanSquare(preview, wanted)).toBeLessThan(0.95 * meanSquare(constant, wanted));
});

test("latents without information give the mean colour", () => {
  const latents = tensor([1, 4, 1, 1], new Float32Array(4));
  const decoded = tensor([1, 3, 8, 8], new Float32Array(192).fill(0.5));
  const map = fitPreview([{ latents, decoded }]);
  expect(readPreviewMap(map)).toEqual(map);
  expect([...previewPixels(latents, map).data]).toEqual([191, 191, 191]);
});

test("refuses no samples, a picture not decoded from its latents, latents of other channels", () => {
  expect(() => fitPreview([])).toThrow(RangeError);
  const latents = tensor([1, 4, 2, 2], new Float32Array(16));
  const decoded = tensor([1, 3, 16, 24], new Float32Array(3 * 16 * 24));
  expect(() => fitPreview([{ latents, decoded }])).toThrow(RangeError);
  const map: PreviewMap = {
    format: 1,
    rows: [
      [1, 0],
      [1, 0],
      [1, 0],
    ],
  };
  expect(() => previewPixels(latents, map)).toThrow(RangeError);
});

test("a map is plain JSON, and other values are not read", () => {
  const { map } = MAPS["4 channels, enlarged by 8"]!;
  expect(readPreviewMap(JSON.parse(JSON.stringify(map)))).toEqual(map);
  const broken: unknown[] = [
    undefined,
    {},
    { ...map, format: 2 },
    { ...map, rows: map.rows.slice(1) },
    {
      ...map,
      rows: [
        [1, 2],
        [1, 2, 3],
        [1, 2],
      ],
    },
    { ...map, rows: [[1], [1], [1]] },
    { ...map, rows: map.rows.map((row) => row.map(() => null)) },
    { ...map, rows: map.rows.map(() => Array.from({ length: 99 }, () => 0)) },
  ];
  expect(broken.map(readPreviewMap)).toEqual(broken.map(() => undefined));
});

test("the chart contains every mixture of four levels once, each as one square", () => {
  const { width, height, data } = colourChart(2);
  const colours = new Map<string, number>();
  for (let at = 0; at < data.length; at += 3) {
    const colour = data.slice(at, at + 3).join();
    colours.set(colour, (colours.get(colour) ?? 0) + 1);
  }
  expect({ width, height, colours: colours.size }).toEqual({ width: 16, height: 16, colours: 64 });
  expect([...colours.values()].every((count) => count === 4)).toBe(true);
  const [first, right, below] = [0, 3 * 2, 3 * 2 * 16].map((at) => data.slice(at, at + 3).join());
  expect([first, right, below]).toEqual(["0,0,0", "85,0,0", "0,170,0"]);
});
