import type { ObjectChange } from "../contract/deployments.ts";

/** Fields that the API itself writes into every object. */
const NOT_OURS: ReadonlySet<string> = new Set([
  "status",
  "metadata.managedFields",
  "metadata.resourceVersion",
  "metadata.generation",
  "metadata.uid",
  "metadata.creationTimestamp",
  "metadata.selfLink",
]);

/** More than a person reads. */
const MAX_CHANGES = 200;
const MAX_LETTERS = 500;

/** The differences between an object as it is and as it would be. Values of a Secret are not included. */
export function objectChanges(before: unknown, after: unknown, isSecret: boolean): ObjectChange[] {
  const changes = changesBetween("", before, after).slice(0, MAX_CHANGES);
  return changes.map(({ path, before: was, after: is }) => {
    const hides = isSecret && /^(data|stringData)(\.|$)/.test(path);
    const told = (value: unknown): string => (hides ? "(hidden)" : textOf(value));
    return {
      path,
      ...(was !== undefined && { before: told(was) }),
      ...(is !== undefined && { after: told(is) }),
    };
  });
}

interface Change {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

function changesBetween(path: string, before: unknown, after: unknown): readonly Change[] {
  if (NOT_OURS.has(path) || JSON.stringify(before) === JSON.stringify(after)) return [];
  const [was, is] = [membersOf(before), membersOf(after)];
  if (was === undefined || is === undefined) return [{ path, before, after }];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((name) =>
    changesBetween(path === "" ? name : `${path}.${name}`, was.get(name), is.get(name)),
  );
}

/** The members of a mapping, or of a list by name; undefined for anything else. */
function membersOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (!Array.isArray(value)) return new Map(Object.entries(value));
  return new Map(value.map((member: unknown, index) => [nameOf(member) ?? String(index), member]));
}

function nameOf(member: unknown): string | undefined {
  const name: unknown =
    typeof member === "object" && member !== null && Reflect.get(member, "name");
  return typeof name === "string" ? name : undefined;
}

function textOf(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.slice(0, MAX_LETTERS).toWellFormed();
}
