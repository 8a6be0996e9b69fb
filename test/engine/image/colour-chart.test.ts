import { expect, test } from "vitest";
import { colourChart } from "../../../engine/image/colour-chart.ts";

test("holds every mixture of four levels once, each as one square", () => {
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
