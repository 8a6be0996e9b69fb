/** An expected time for a person, to follow "about": `35 s`, `4 min`, `25 min`, `1.5 h`, `12 h`. */
export function aboutTime(seconds: number): string {
  const minutes = seconds / 60;
  if (minutes < 1.5) return `${5 * Math.ceil(seconds / 5)} s`;
  if (minutes < 9.5) return `${Math.round(minutes)} min`;
  if (minutes < 57.5) return `${5 * Math.round(minutes / 5)} min`;
  const hours = minutes / 60;
  return `${hours < 10 ? Math.round(10 * hours) / 10 : Math.round(hours)} h`;
}
