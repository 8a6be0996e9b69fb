/** Pictures without files: deterministic drawings as data: addresses, and their previews. */

import { COLOURS } from "./colours.ts";

interface Shape {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly colour: readonly [number, number, number];
}

export interface Drawing {
  readonly ground: readonly [number, number, number];
  readonly shapes: readonly Shape[];
}

type Colour = readonly [number, number, number];

const NAMED: ReadonlyMap<string, Colour> = new Map(Object.entries(COLOURS));
const GROUNDS: readonly Colour[] = [
  [188, 214, 232],
  [232, 222, 196],
  [36, 42, 74],
  [244, 188, 150],
  [222, 232, 236],
  [70, 130, 150],
];

/** A small random number generator: the same seed draws the same picture. */
export function chanceOf(seed: number): () => number {
  let state = (seed >>> 0) + 0x9e3779b9;
  return () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d);
    state = Math.imul(state ^ (state >>> 12), 0x297a2d39);
    state ^= state >>> 15;
    return (state >>> 0) / 2 ** 32;
  };
}

/** The drawing for a prompt: a background, and blobs in the colours it names. */
export function draw(prompt: string, seed: number): Drawing {
  const chance = chanceOf(seed);
  const named = [...NAMED.keys()].filter((name) => prompt.includes(name));
  const colours = named.length > 0 ? named : ["orange", "blue"];
  const shapes = Array.from({ length: 2 + Math.floor(chance() * 4) }, (_, index) => ({
    x: 0.2 + 0.6 * chance(),
    y: 0.3 + 0.5 * chance(),
    radius: 0.08 + 0.16 * chance(),
    colour: NAMED.get(colours[index % colours.length]!)!,
  }));
  return { ground: GROUNDS[Math.floor(chance() * GROUNDS.length)]!, shapes };
}

function css([red, green, blue]: Colour): string {
  return `rgb(${red},${green},${blue})`;
}

function address(svg: string): string {
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

/** The finished picture. */
export function pictureOf({ ground, shapes }: Drawing, width: number, height: number): string {
  const circles = shapes.map(({ x, y, radius, colour }) => {
    const side = Math.min(width, height);
    return `<circle cx="${x * width}" cy="${y * height}" r="${radius * side}" fill="${css(colour)}"/>`;
  });
  const hill = `<ellipse cx="${width / 2}" cy="${height * 1.1}" rx="${width}" ry="${height * 0.4}" fill="rgb(0 0 0 / 0.18)"/>`;
  const size = `width="${width}" height="${height}"`;
  return address(
    `<svg xmlns="http://www.w3.org/2000/svg" ${size}><rect ${size} fill="${css(ground)}"/>${hill}${circles.join("")}</svg>`,
  );
}

/** A preview of the picture: a sixteenth of its pixels, with this much noise left. */
export function previewOf(drawing: Drawing, noise: number, seed: number): string {
  const chance = chanceOf(seed);
  const side = 16;
  const cells = Array.from({ length: side * side }, (_, index) => {
    const [x, y] = [((index % side) + 0.5) / side, (Math.floor(index / side) + 0.5) / side];
    const inside = drawing.shapes.findLast((s) => Math.hypot(s.x - x, s.y - y) < s.radius);
    const colour = (inside?.colour ?? drawing.ground).map((channel) =>
      Math.round(channel * (1 - noise) + 255 * chance() * noise),
    );
    return `<rect x="${index % side}" y="${Math.floor(index / side)}" width="1" height="1" fill="rgb(${colour.join(",")})"/>`;
  });
  return address(
    `<svg xmlns="http://www.w3.org/2000/svg" width="128" height="128" viewBox="0 0 16 16" shape-rendering="crispEdges">${cells.join("")}</svg>`,
  );
}
