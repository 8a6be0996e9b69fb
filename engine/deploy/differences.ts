import {
  type Document,
  isMap,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type Scalar,
  stringify,
} from "yaml";
import type { DeployDifference } from "../contract/deploy.ts";

/** Reasons for changes by path; a path includes everything below it. */
export type Reasons<Form> = Readonly<Record<string, string | ((form: Form) => string)>>;

type Step = string | number;

/** A difference between two YAML texts. */
interface Change {
  /** List items are identified by name, so that a path is the same in both texts. */
  readonly path: readonly string[];
  readonly theirs: Found;
  readonly ours: Found;
}

/** A value; if it is undefined, `at` is where it would be. */
interface Found {
  readonly at: readonly Step[];
  readonly value: unknown;
}

/** All differences between two manifests of one object, in the order of the lines of the second. */
export function manifestDifferences<Form>(
  texts: { readonly theirs: string; readonly ours: string },
  reasons: Reasons<Form>,
  form: Form,
): readonly DeployDifference[] {
  const [theirs, ours] = [readText(texts.theirs), readText(texts.ours)];
  const changes = changesBetween([], wholeOf(theirs), wholeOf(ours), (path) =>
    Object.hasOwn(reasons, path),
  );
  const differences = changes.map((change) => {
    const path = change.path.join(".");
    const [theirText, ourText] = [textOf(change.theirs.value), textOf(change.ours.value)];
    return {
      path,
      ...(theirText !== undefined && { theirs: theirText }),
      ...(ourText !== undefined && { ours: ourText }),
      reason: reasonFor(change.path, reasons, form),
      theirLines: linesOf(theirs, change.theirs),
      ourLines: linesOf(ours, change.ours),
    };
  });
  return differences.toSorted((a, b) => a.ourLines[0] - b.ourLines[0]);
}

/** The reason for a path or the nearest one above it; empty if there is none. */
function reasonFor<Form>(path: readonly string[], reasons: Reasons<Form>, form: Form): string {
  const above = path.map((_, index) => `${path.slice(0, index).join(".")}.*`);
  const [own] = [path.join("."), ...above].flatMap((one) =>
    Object.hasOwn(reasons, one) ? (reasons[one] ?? []) : [],
  );
  return typeof own === "function" ? own(form) : (own ?? "");
}

function changesBetween(
  path: readonly string[],
  theirs: Found,
  ours: Found,
  isWhole: (path: string) => boolean,
): readonly Change[] {
  if (JSON.stringify(theirs.value) === JSON.stringify(ours.value)) return [];
  const [their, our] = [membersOf(theirs), membersOf(ours)];
  if (their === undefined || our === undefined || isWhole(path.join(".")))
    return [{ path, theirs, ours }];
  const absentFrom = ({ at }: Found): Found => ({ at, value: undefined });
  return [...new Set([...their.keys(), ...our.keys()])].flatMap((name) =>
    changesBetween(
      [...path, name],
      their.get(name) ?? absentFrom(theirs),
      our.get(name) ?? absentFrom(ours),
      isWhole,
    ),
  );
}

/** The members of a mapping or list by name; undefined for anything else. */
function membersOf({ at, value }: Found): ReadonlyMap<string, Found> | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const entries: readonly (readonly [Step, unknown])[] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  return new Map(
    entries.map(([step, member]) => {
      const name = typeof step === "string" ? step : nameOf(member, step);
      return [name, { at: [...at, step], value: member }];
    }),
  );
}

/** How a list item is identified: by its name, or by itself if it is a text. */
function nameOf(member: unknown, index: number): string {
  if (typeof member === "string") return member;
  const name: unknown =
    typeof member === "object" && member !== null && Reflect.get(member, "name");
  return typeof name === "string" ? name : String(index);
}

/** A value for display: text as it is, anything else as short YAML. */
function textOf(value: unknown): string | undefined {
  if (value === undefined || typeof value === "string") return value;
  return stringify(value, { lineWidth: 0 }).trimEnd();
}

interface ReadText {
  readonly document: Document;
  readonly lines: LineCounter;
}

function readText(text: string): ReadText {
  const lines = new LineCounter();
  return { document: parseDocument(text, { lineCounter: lines }), lines };
}

function wholeOf({ document }: ReadText): Found {
  return { at: [], value: document.toJS() as unknown };
}

/** First and last line of a value, including its key. */
function linesOf({ document, lines }: ReadText, { at, value }: Found): [number, number] {
  const { from, node } = placeIn(document, at);
  const first = lines.linePos(from).line;
  // If something is missing, only the start of its place is marked.
  if (value === undefined) return [first, first];
  // A block's range includes its line end.
  const to = Math.max(from, (node?.range?.[1] ?? from) - 1);
  return [first, lines.linePos(to).line];
}

interface Place {
  /** The start, at the key if there is one. */
  readonly from: number;
  readonly node: Node | undefined;
}

function placeIn({ contents }: Document, at: readonly Step[]): Place {
  const root: Place = { from: contents?.range?.[0] ?? 0, node: contents ?? undefined };
  return at.reduce<Place>((place, step) => memberOf(place, step), root);
}

function memberOf({ from, node }: Place, step: Step): Place {
  if (isMap<Scalar, Node>(node)) {
    const pair = node.items.find(({ key }) => key.value === step);
    return { from: pair?.key.range?.[0] ?? from, node: pair?.value ?? undefined };
  }
  const item = isSeq<Node>(node) ? node.items[Number(step)] : undefined;
  return { from: item?.range?.[0] ?? from, node: item };
}
