import { DEPLOY_DEFAULTS, type DeployFile, type DeployForm } from "../contract/deploy.ts";
import { DOCUMENT_DOCKERFILE } from "./document.ts";

/** A line of the original document's Dockerfile that is changed. */
interface Change {
  readonly path: string;
  readonly theirs: string;
  readonly ours: (form: DeployForm) => string;
  readonly reason: string;
}

const CHANGES: readonly Change[] = [
  {
    path: "FROM",
    theirs: "FROM pytorch/torchserve-kfs-nightly:latest-gpu",
    ours: ({ gpus }) => `FROM docker.io/pytorch/torchserve-kfs:0.12.0${gpus > 0 ? "-gpu" : ""}`,
    reason:
      "A nightly image changes from day to day. Images with kserve 0.14 or later refuse the handler's fp16, so this one is pinned; 0.12.0 has kserve 0.13.",
  },
  {
    path: "RUN",
    theirs: String.raw`RUN mkdir /.cache && \ `.trimEnd(),
    ours: () => String.raw`RUN mkdir -p /.cache && \ `.trimEnd(),
    reason: "Without -p the build fails on an image that has the folder already.",
  },
];

/** The document's image, changed so that it runs under the user that restricted-v2 assigns. */
export function containerfile(form: DeployForm): DeployFile {
  const lines = DOCUMENT_DOCKERFILE.split("\n");
  const written = CHANGES.map((change) => ({ ...change, ours: change.ours(form) }));
  const text = lines
    .map((line) => written.find(({ theirs }) => theirs === line)?.ours ?? line)
    .join("\n");
  const differences = written.map((change) => {
    const line = lines.indexOf(change.theirs) + 1;
    const at: [number, number] = [line, line];
    return { ...change, theirLines: at, ourLines: at };
  });
  const theirs = { of: "document" as const, text: DOCUMENT_DOCKERFILE };
  return { name: "Containerfile", kinds: ["Containerfile"], text, theirs, differences };
}

/** Commands that build the image and push it to where the cluster pulls it from; none for the example's public image. */
export function buildCommands({ image }: DeployForm): string[] {
  if (image === DEPLOY_DEFAULTS.image) return [];
  return [`docker build -f Containerfile -t ${image} .`, `docker push ${image}`];
}
