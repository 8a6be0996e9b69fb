import { mersenneTwister } from "./mersenne-twister.ts";

/** A noise source; each draw continues where the last one ended. */
export interface NoiseGenerator {
  /** `size` values of the standard normal distribution, in the order in which torch.randn fills a tensor. */
  normal(size: number): Float32Array;
}

/** torch fills tensors of at least this many elements block by block, smaller ones pair by pair. */
const BLOCK = 16;

/**
 * The noise of torch's CPU generator after `torch.Generator().manual_seed(seed)`. Of the seed's 64 bits torch uses the
 * lower 32 (aten/src/ATen/core/MT19937RNGEngine.h).
 */
export function createGenerator(seed: bigint): NoiseGenerator {
  const random = mersenneTwister(Number(BigInt.asUintN(32, seed)));
  const nextNormal = pairwiseNormal(random);
  return {
    normal: (size) =>
      size < BLOCK
        ? Float32Array.from({ length: size }, nextNormal)
        : blockwiseNormal(random, size),
  };
}

/** Box-Muller in float64; the second value of a pair is kept for the next call. */
function pairwiseNormal(random: () => number): () => number {
  let kept: number | undefined;
  return () => {
    if (kept !== undefined) {
      const value = kept;
      kept = undefined;
      return value;
    }
    const angle = 2 * Math.PI * uniform53(random);
    const radius = Math.sqrt(-2 * Math.log1p(-uniform53(random)));
    kept = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}

/** Box-Muller over blocks of 16 uniforms; an incomplete last block is drawn again as a whole. */
function blockwiseNormal(random: () => number, size: number): Float32Array {
  const values = Float32Array.from({ length: size }, () => uniform24(random));
  for (let start = 0; start + BLOCK <= size; start += BLOCK) {
    blockToNormal(values.subarray(start, start + BLOCK));
  }
  if (size % BLOCK !== 0) {
    const tail = values.subarray(size - BLOCK);
    for (let i = 0; i < BLOCK; i++) tail[i] = uniform24(random);
    blockToNormal(tail);
  }
  return values;
}

/** 2π rounded to float32, as in torch; at 6 radians the difference shows in the noise. */
const TURN = Math.fround(2 * Math.PI);

/** Element i of a block pairs with element i + 8. Rounds to float32 where torch does. */
function blockToNormal(block: Float32Array): void {
  const half = BLOCK / 2;
  for (let i = 0; i < half; i++) {
    const radius = Math.sqrt(-2 * Math.fround(Math.log(1 - block[i]!)));
    const angle = Math.fround(TURN * block[i + half]!);
    block[i] = radius * Math.cos(angle);
    block[i + half] = radius * Math.sin(angle);
  }
}

/** Uniform in [0, 1) with the 24 bits of a float32 mantissa. */
function uniform24(random: () => number): number {
  return (random() & 0xffffff) / 2 ** 24;
}

/** Uniform in [0, 1) with the 53 bits of a float64 mantissa; the upper word is drawn first. */
function uniform53(random: () => number): number {
  const upper = random() & 0x1fffff;
  return (upper * 2 ** 32 + random()) / 2 ** 53;
}
