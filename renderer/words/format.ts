import { roundedTime } from "../../engine/contract/about-time.ts";

/** Formats quantities for people. */

const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** Decimal units with one digit: `5.2 GB`, with a space that does not break. */
export function formatBytes(bytes: number): string {
  const unit = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1);
  const amount = bytes / 1000 ** unit;
  return `${unit === 0 ? amount : amount.toFixed(1)}\u00A0${UNITS[unit]}`;
}

/** `0.8 s`, `12 s`, `3 min 20 s`, `1 h 5 min`. */
export function formatDuration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const [minutes, rest] = [Math.floor(whole / 60), whole % 60];
  if (minutes < 60) return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
  const [hours, left] = [Math.floor(minutes / 60), minutes % 60];
  return left === 0 ? `${hours} h` : `${hours} h ${left} min`;
}

/** An expected time, to follow "about": at least `1 s`, then `50 s`, `4 min`, `25 min`, `1.5 h`, `12 h`. */
export function formatAbout(seconds: number): string {
  const { amount, unit } = roundedTime(seconds);
  return `${amount}\u00a0${unit}`;
}

/** A share of a whole: `80%`. */
export function formatShare(share: number): string {
  return `${Math.round(100 * share)}%`;
}

/** A countdown: `0:41`, `12:05`, `1:02:09`. */
export function formatClock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const rest = pair(whole % 60);
  return hours > 0 ? `${hours}:${pair(minutes)}:${rest}` : `${minutes}:${rest}`;
}

function pair(value: number): string {
  return String(value).padStart(2, "0");
}

/** Drawing speed: `6.2 it/s`, or `3.4 s/it` if a step takes longer than a second. */
export function formatSpeed(secondsPerStep: number): string {
  return secondsPerStep < 1
    ? `${(1 / secondsPerStep).toFixed(1)} it/s`
    : `${secondsPerStep.toFixed(1)} s/it`;
}

/** With thousands separators: `50,000`. */
export function formatCount(count: number): string {
  return count.toLocaleString("en");
}

/** Relative within a week, absolute after that: `5 min ago`, `yesterday`, `3 March 2026`. */
export function formatWhen(iso: string, now = new Date()): string {
  const date = new Date(iso);
  const seconds = (date.getTime() - now.getTime()) / 1000;
  const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" });
  const inUnit = (unit: "minute" | "hour", length: number): string =>
    relative.format(Math.round(seconds / length), unit).replace(".", "");
  if (seconds > -45) return "just now";
  if (seconds > -3600) return inUnit("minute", 60);
  if (seconds > -86_400) return inUnit("hour", 3600);
  if (seconds > -7 * 86_400) return relative.format(Math.round(seconds / 86_400), "day");
  return date.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
}

/** A day of the gallery: `Today`, `Yesterday`, `Monday`, `3 March 2026`. */
export function formatDay(day: string, now = new Date()): string {
  const date = new Date(`${day}T00:00`);
  const today = new Date(now.getFullYear(), now.getMonth(), now.getDate());
  const age = Math.round((today.getTime() - date.getTime()) / 86_400_000);
  if (age === 0) return "Today";
  if (age === 1) return "Yesterday";
  if (age > 1 && age < 7) return date.toLocaleDateString("en-GB", { weekday: "long" });
  return date.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
}

/** A year unchanged, `2026`; a month such as `2026-11` by its short name. */
export function formatPeriod(period: string): string {
  const [year = "", month] = period.split("-");
  if (month === undefined) return year;
  return new Date(2000, Number(month) - 1).toLocaleDateString("en-GB", { month: "short" });
}

/** A short form of a day: `3 Mar`, or `3 Mar 2025` in another year. */
export function formatShortDay(day: string, now = new Date()): string {
  const date = new Date(`${day}T00:00`);
  const isThisYear = date.getFullYear() === now.getFullYear();
  return date.toLocaleDateString("en-GB", {
    day: "numeric",
    month: "short",
    ...(!isThisYear && { year: "numeric" }),
  });
}

/** When content was read: `14:32`, on another day `14:32 on 3 March 2026`. */
export function formatReadAt(ms: number, now = new Date()): string {
  const date = new Date(ms);
  const time = date.toLocaleTimeString("en-GB", { timeStyle: "short" });
  const isToday = date.toDateString() === now.toDateString();
  return isToday ? time : `${time} on ${formatDate(date.toISOString())}`;
}

/** When something ends or ended: `in 3 hours`, `2 days ago`, `on 3 March 2027`. */
export function formatEnd(iso: string, now = new Date()): string {
  const seconds = (Date.parse(iso) - now.getTime()) / 1000;
  const distance = Math.abs(seconds);
  const relative = new Intl.RelativeTimeFormat("en", { numeric: "always" });
  if (distance < 5400) return relative.format(Math.round(seconds / 60), "minute");
  if (distance < 2 * 86_400) return relative.format(Math.round(seconds / 3600), "hour");
  if (distance < 60 * 86_400) return relative.format(Math.round(seconds / 86_400), "day");
  return `on ${formatDate(iso)}`;
}

/** A date in full: `3 March 2026`. */
export function formatDate(iso: string): string {
  return new Date(iso).toLocaleDateString("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
  });
}
