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

/** Why something is changed, by its path; a path stands for all that lies below it. */
export type Reasons<Form> = Readonly<Record<string, string | ((form: Form) => string)>>;

type Step = string | number;

/** A place where two texts of YAML differ. */
interface Change {
  /** Members of lists go by their name, so that a path says the same in both. */
  readonly path: readonly string[];
  readonly theirs: Found;
  readonly ours: Found;
}

/** What is there; undefined where nothing is. `at` is then what it would stand in. */
interface Found {
  readonly at: readonly Step[];
  readonly value: unknown;
}

/** Every difference between two manifests of one object, in the order of theirs and then of ours. */
export function manifestDifferences<Form>(
  texts: { readonly theirs: string; readonly ours: string },
  reasons: Reasons<Form>,
  form: Form,
): readonly DeployDifference[] {
  const [theirs, ours] = [readText(texts.theirs), readText(texts.ours)];
  const changes = changesBetween([], wholeOf(theirs), wholeOf(ours), (path) =>
    Object.hasOwn(reasons, path),
  );
  return changes.map((change) => {
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
}

/** The reason of the path itself, else of all that lies in one above it; empty where none was written. */
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

/** The members of a mapping or a list by their names; undefined of anything else. */
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

/** What a member of a list goes by: its name, or itself where it is a text. */
function nameOf(member: unknown, index: number): string {
  if (typeof member === "string") return member;
  const name: unknown =
    typeof member === "object" && member !== null && Reflect.get(member, "name");
  return typeof name === "string" ? name : String(index);
}

/** A value as it can be shown: a text as it is, anything else as YAML in few lines. */
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

/** First and last line of what stands at a place, its key with it. */
function linesOf({ document, lines }: ReadText, { at, value }: Found): [number, number] {
  const { from, node } = placeIn(document, at);
  const first = lines.linePos(from).line;
  // What something is missing from is marked by its beginning alone.
  if (value === undefined) return [first, first];
  // A block ends behind its line end.
  const to = Math.max(from, (node?.range?.[1] ?? from) - 1);
  return [first, lines.linePos(to).line];
}

interface Place {
  /** Where it begins, at its key where it has one. */
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
