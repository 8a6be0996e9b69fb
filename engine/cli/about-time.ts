import { roundedTime } from "../contract/about-time.ts";

/** An expected time for a person, to follow "about": `3 s`, `35 s`, `4 min`, `25 min`, `1.5 h`, `12 h`. */
export function aboutTime(seconds: number): string {
  const { amount, unit } = roundedTime(seconds);
  return `${amount} ${unit}`;
}
