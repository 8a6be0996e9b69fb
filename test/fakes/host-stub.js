// Replaces the host: speaks its end of the pipe, over a real pipe, in its own process. Plain JavaScript that imports
// none of our code, so that it can also be the cli.ts of an invented installation.
import { appendFileSync, readFileSync } from "node:fs";

/** Its behaviour, and the file for notes on what it received. */
const [mode, notes] = process.env["STUB"].split(" ");

function note(line) {
  appendFileSync(notes, `${JSON.stringify(line)}\n`);
}

function say(kind, rest, then = () => {}) {
  process.send({ kind, ...rest }, then);
}

const beginnings = {
  dies: () => process.stderr.write("the last words\n", () => process.exit(1)),
  fails: () => {
    const details = { folder: "/data", pid: 7 };
    const message =
      "The data folder /data is in use by a studio that is already running as process 7.";
    const error = { code: "ALREADY_RUNNING", message, details };
    say("failed", { error }, () => process.exit(1));
  },
  babbles: () => {
    for (const word of [1, "x", null, [], { kind: "other" }, { kind: "ready" }]) process.send(word);
    say("path", { id: 99, path: "/x" });
    open();
  },
  limits: () => {
    const limits = readFileSync("/proc/self/limits", "utf8");
    note({ core: /core file size\s+(\S+)/i.exec(limits)[1], names: Object.keys(process.env) });
    open();
  },
  seals: () => {
    open();
    say("seal", { id: 1, text: "hf_canary7f3a" });
  },
  busy: () => open({ openCount: 2 }),
  tray: () => open({ keepInTray: true }),
};

function open({ openCount = 0, keepInTray = false } = {}) {
  say("ready", { url: "http://127.0.0.1:7860", token: "token-canary", pid: process.pid });
  say("choices", { keepInTray });
  say("activity", { openCount, transferCount: 0 });
}

const answers = {
  start: () => (beginnings[mode] ?? open)(),
  "vault-answer": ({ id, text }) => id === 1 && say("unseal", { id: 2, text: text ?? "" }),
  "path-of-folder": ({ id, folder }) => say("path", { id, path: `/data/${folder}` }),
  "path-of-image": ({ id, imageId }) => {
    const details = { what: "picture", id: imageId };
    const error = { code: "NOT_FOUND", message: "", details };
    if (imageId === "crash") process.kill(process.pid, "SIGKILL");
    else if (imageId === "gone") say("refused", { id, error });
    else say("path", { id, path: `/gallery/${imageId}.png` });
  },
};

note({ started: process.argv.slice(2), by: process.execPath });
process.on("message", (said) => {
  note({ heard: said });
  answers[said.kind](said);
});
process.on("disconnect", () => {
  note("left alone");
  if (mode !== "stays") process.exit(0);
});
setInterval(() => {}, 1000);
