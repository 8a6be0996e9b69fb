const WORDS = 624;
const MIDDLE = 397;

/**
 * The 32-bit Mersenne Twister (Matsumoto and Nishimura, 1998): a function that gives the next
 * unsigned 32-bit integer at each call. `seed` is taken modulo 2^32.
 */
export function mersenneTwister(seed: number): () => number {
  const state = seededState(seed);
  let next = WORDS;
  return () => {
    if (next === WORDS) {
      twist(state);
      next = 0;
    }
    return temper(state[next++]!);
  };
}

function seededState(seed: number): Uint32Array {
  const state = new Uint32Array(WORDS);
  state[0] = seed;
  for (let i = 1; i < WORDS; i++) {
    const before = state[i - 1]!;
    state[i] = Math.imul(1_812_433_253, before ^ (before >>> 30)) + i;
  }
  return state;
}

function twist(state: Uint32Array): void {
  for (let i = 0; i < WORDS; i++) {
    const joined = (state[i]! & 0x80000000) | (state[(i + 1) % WORDS]! & 0x7fffffff);
    const odd = joined & 1 ? 0x9908b0df : 0;
    state[i] = state[(i + MIDDLE) % WORDS]! ^ (joined >>> 1) ^ odd;
  }
}

function temper(word: number): number {
  let y = word;
  y ^= y >>> 11;
  y ^= (y << 7) & 0x9d2c5680;
  y ^= (y << 15) & 0xefc60000;
  y ^= y >>> 18;
  return y >>> 0;
}
