/** Maximum length of a text taken from a cluster, in characters. */
const MAX_TEXT = 600;
/** Maximum number of items of one kind that are read. */
const MAX_ITEMS = 200;
/** Kubernetes keeps 4096 bytes of a container's termination message. */
const MAX_LAST_WORDS = 4096;

/** The value at a path in foreign JSON; undefined if there is none. */
export function fieldOf(value: unknown, ...path: readonly string[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== "object" || found === null) return undefined;
    found = Object.getOwnPropertyDescriptor(found, key)?.value;
  }
  return found;
}

/** The text at a path, on one line and shortened; empty if there is none. */
export function textAt(value: unknown, ...path: readonly string[]): string {
  const found = fieldOf(value, ...path);
  return typeof found === "string" ? shortened(found, MAX_TEXT) : "";
}

/** A text on one line, without control characters and without request signatures. */
export function shortened(text: string, longest: number): string {
  const start = text.slice(0, 4 * longest);
  const plain = start
    .replaceAll(/(\bBearer\s+|X-Amz-(?:Signature|Credential|Security-Token)=)[^\s&"']+/gi, "$1…")
    .replaceAll(/\p{C}+/gu, " ")
    .trim();
  return plain.length > longest ? `${plain.slice(0, longest - 1)}…` : plain;
}

export function numberAt(value: unknown, ...path: readonly string[]): number | undefined {
  const found = fieldOf(value, ...path);
  return typeof found === "number" && Number.isFinite(found) ? found : undefined;
}

/** The last items of a list at a path; empty if there is no list. */
export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = fieldOf(value, ...path);
  return Array.isArray(found) ? found.slice(-MAX_ITEMS) : [];
}

/** A container from its pod's status. */
export interface ObservedContainer {
  readonly name: string;
  readonly image: string;
  readonly isReady: boolean;
  readonly isRunning: boolean;
  readonly restarts: number;
  readonly waiting: Reason | undefined;
  /** How it ended, now or before its restart. */
  readonly ended: Ending | undefined;
  readonly hasEnded: boolean;
}

export interface Reason {
  readonly reason: string;
  readonly message: string;
}

/** How a container ended, with the last lines of its log, which KServe has Kubernetes keep. */
export interface Ending {
  readonly reason: string;
  readonly exitCode: number | undefined;
  readonly lastLines: readonly string[];
}

export function containersAt(pod: unknown, list: string): readonly ObservedContainer[] {
  return listAt(pod, "status", list).map((status) => {
    const now = fieldOf(status, "state", "terminated");
    const ended = now ?? fieldOf(status, "lastState", "terminated");
    const waiting = fieldOf(status, "state", "waiting");
    return {
      name: textAt(status, "name"),
      image: textAt(status, "image"),
      isReady: fieldOf(status, "ready") === true,
      isRunning: fieldOf(status, "state", "running") !== undefined,
      restarts: numberAt(status, "restartCount") ?? 0,
      waiting: waiting === undefined ? undefined : reasonOf(waiting),
      ended: ended === undefined ? undefined : endingOf(ended),
      hasEnded: now !== undefined,
    };
  });
}

function endingOf(value: unknown): Ending {
  const message = fieldOf(value, "message");
  const last = typeof message === "string" ? message.slice(-MAX_LAST_WORDS) : "";
  return {
    reason: textAt(value, "reason"),
    exitCode: numberAt(value, "exitCode"),
    lastLines: last.split("\n").filter((line) => line.trim() !== ""),
  };
}

function reasonOf(value: unknown): Reason {
  return { reason: textAt(value, "reason"), message: textAt(value, "message") };
}

/** A condition of an object's status. */
export interface Condition extends Reason {
  readonly type: string;
  readonly status: string;
}

export function conditionsOf(object: unknown): readonly Condition[] {
  return listAt(object, "status", "conditions").map((condition) => ({
    type: textAt(condition, "type"),
    status: textAt(condition, "status"),
    ...reasonOf(condition),
  }));
}

/** An event and its object. */
export interface ObservedEvent extends Reason {
  readonly about: string;
  readonly kind: string;
  readonly at: string;
}

/** Events, oldest first. */
export function eventsOf(events: unknown): readonly ObservedEvent[] {
  return listAt({ events }, "events")
    .map((event) => ({
      about: textAt(event, "involvedObject", "name"),
      kind: textAt(event, "involvedObject", "kind"),
      at:
        textAt(event, "lastTimestamp") ||
        textAt(event, "eventTime") ||
        textAt(event, "metadata", "creationTimestamp"),
      ...reasonOf(event),
    }))
    .toSorted((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
}
