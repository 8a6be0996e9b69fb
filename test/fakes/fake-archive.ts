import type { ArchiveDescription, ArchiveMember } from "../../engine/contract/archives.ts";
import { StudioError, toWire } from "../../engine/contract/errors.ts";

const MB = 1_000_000;

function member(path: string, kind: ArchiveMember["kind"], sizeBytes: number): ArchiveMember {
  const inside = path.includes("/") ? { inside: "model.zip" } : {};
  return { path, kind, sizeBytes, packedBytes: sizeBytes, ...inside };
}

/** The description of the KServe example's archive; a broken one states its problem. */
export function archiveOf(isBroken = false): ArchiveDescription {
  return {
    name: "stable-diffusion.mar",
    format: "zip",
    sizeBytes: 5214 * MB,
    manifest: {
      createdOn: "15/10/2024 18:30:12",
      runtime: "python",
      model: {
        modelName: "stable-diffusion",
        modelVersion: "1.0",
        serializedFile: undefined,
        handler: "stable_diffusion_handler.py",
        modelFile: undefined,
        extensions: undefined,
        requirementsFile: "requirements.txt",
        configFile: undefined,
      },
      archiverVersion: "0.12.0",
    },
    members: [
      member("stable_diffusion_handler.py", "code", 4100),
      member("requirements.txt", "code", 96),
      member("model.zip", "archive", 5213 * MB),
      member("unet/diffusion_pytorch_model.safetensors", "weights", 3463 * MB),
      member("text_encoder/model.safetensors", "weights", 1361 * MB),
      member("vae/diffusion_pytorch_model.safetensors", "weights", 335 * MB),
      member("model_index.json", "config", 537),
    ],
    ...(isBroken
      ? {
          problem: toWire(
            new StudioError("ARCHIVE_WITHOUT_MODEL", {
              file: "stable-diffusion.mar",
              reason: "there is no model_index.json",
            }),
          ),
        }
      : {
          model: {
            id: "stable-diffusion",
            zip: "model.zip",
            files: ["unet/diffusion_pytorch_model.safetensors", "model_index.json"],
            sizeBytes: 5159 * MB,
            description: "StableDiffusionPipeline in full precision",
            pickles: [],
          },
        }),
    checks: [
      { name: "manifest", outcome: "ok", found: "Model stable-diffusion, version 1.0." },
      {
        name: "names",
        outcome: "ok",
        found: "File, manifest and model are called stable-diffusion.",
      },
      isBroken
        ? {
            name: "handler",
            outcome: "failed",
            found: "The handler stable_diffusion_handler.py is not in the archive.",
            advice: "Pack it again with --handler and the handler's file.",
          }
        : {
            name: "handler",
            outcome: "ok",
            found: "stable_diffusion_handler.py is there. It is code, and Darkroom never runs it.",
          },
      {
        name: "requirements",
        outcome: "warning",
        found: "diffusers, transformers have no version, so each start may install another.",
        advice: "Name each version with ==.",
      },
      { name: "layout", outcome: "ok", found: "The model is in model.zip." },
    ],
  };
}
