/** An expected time as far as it is known: whole seconds up to 10, then steps of five, minutes, hours. */
export function roundedTime(seconds: number): {
  readonly amount: number;
  readonly unit: "s" | "min" | "h";
} {
  if (seconds < 10) return { amount: Math.max(1, Math.round(seconds)), unit: "s" };
  if (seconds < 55) return { amount: 5 * Math.round(seconds / 5), unit: "s" };
  const minutes = seconds / 60;
  if (minutes < 9.5) return { amount: Math.round(minutes), unit: "min" };
  if (minutes < 57.5) return { amount: 5 * Math.round(minutes / 5), unit: "min" };
  const hours = minutes / 60;
  return { amount: hours < 10 ? Math.round(10 * hours) / 10 : Math.round(hours), unit: "h" };
}
