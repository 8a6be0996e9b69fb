import { expect, test } from "vitest";
import { CHECKSUM_MODES, PATH_STYLES } from "../../engine/contract/buckets.ts";
import { DEVICE_NAMES } from "../../engine/contract/devices.ts";
import { REQUEST_PROFILES } from "../../engine/contract/endpoints.ts";
import { REFUSALS } from "../../engine/contract/errors.ts";
import { GENERATION_STATES, LOCAL_TARGET, recallSchema } from "../../engine/contract/generation.ts";
import { provenanceSchema } from "../../engine/contract/models.ts";
import { USED_PRECISIONS } from "../../engine/contract/precision.ts";
import { PRESETS } from "../../engine/contract/presets.ts";
import { RESIZE_MODES } from "../../engine/contract/resize-mode.ts";
import { SCHEDULER_NAMES } from "../../engine/contract/schedulers.ts";
import { KEY_SCOPES } from "../../engine/contract/server.ts";
import { SETTING_VERDICTS, TRIED_SETTINGS } from "../../engine/contract/setting-trial.ts";
import { TRANSFER_KINDS, TRANSFER_STATES } from "../../engine/contract/transfers.ts";

/**
 * All names that data folders and pictures contain, with every one that was ever shipped. A name may be added to a row,
 * here and in the contract; a shipped one stays, even if another is shown instead of it.
 */
const STORED: Readonly<Record<string, { readonly shipped: string; readonly now: object }>> = {
  schedulers: {
    shipped: `
      ddim pndm euler euler-karras euler-ancestral dpm++2m dpm++2m-karras dpm++2m-sde
      dpm++2m-sde-karras dpm++sde dpm++sde-karras heun heun-karras lms lms-karras deis
      deis-karras ddpm lcm tcd kdpm2 kdpm2-karras kdpm2-ancestral kdpm2-ancestral-karras unipc
      unipc-karras`,
    now: SCHEDULER_NAMES,
  },
  "states of a generation": {
    shipped: "waiting running done failed cancelled interrupted",
    now: GENERATION_STATES,
  },
  "targets that are no endpoint": { shipped: "local", now: [LOCAL_TARGET] },
  "kinds of transfer": {
    shipped: "download import verify cuda pack publish upload fetch bucket-import bucket-serve",
    now: TRANSFER_KINDS,
  },
  "states of a transfer": {
    shipped: "waiting running paused done failed cancelled",
    now: TRANSFER_STATES,
  },
  devices: { shipped: "auto cpu cuda dml coreml webgpu", now: DEVICE_NAMES },
  "resize modes": { shipped: "default crop fill", now: RESIZE_MODES },
  presets: { shipped: "exact balanced fast", now: PRESETS },
  precisions: { shipped: "float32 float16 int8", now: USED_PRECISIONS },
  "scopes of a key": { shipped: "inference management", now: KEY_SCOPES },
  "path styles": { shipped: "auto yes no", now: PATH_STYLES },
  "checksum modes": { shipped: "auto when-supported when-required", now: CHECKSUM_MODES },
  "request profiles": { shipped: "prompt full", now: REQUEST_PROFILES },
  "settings that are tried": {
    shipped: "seed size steps guidanceScale negativePrompt scheduler",
    now: TRIED_SETTINGS,
  },
  "verdicts on settings": { shipped: "used ignored refused unknown", now: SETTING_VERDICTS },
  "sources of a model": {
    shipped: "hub folder archive bucket link",
    now: provenanceSchema.shape.kind.options,
  },
  "writers of pictures": {
    shipped: "darkroom a1111 invokeai comfyui fooocus stability-matrix draw-things",
    now: recallSchema.shape.writer.options,
  },
  refusals: {
    shipped: `
      SNAPSHOT_NOT_FOUND SNAPSHOT_INCOMPLETE SNAPSHOT_UNSUPPORTED CONFIG_INVALID PICKLE_REFUSED
      SAFETENSORS_INVALID WEIGHT_MISSING WEIGHT_MISMATCH TOKENIZER_INVALID SCHEDULER_UNSUPPORTED
      REQUEST_INVALID IMAGE_UNREADABLE OUTPUT_EXISTS OUTPUT_UNWRITABLE DISK_FULL CACHE_UNWRITABLE
      DEVICE_UNAVAILABLE OUT_OF_MEMORY NOT_FINITE INFERENCE_CRASHED INFERENCE_FAILED CUDA_UNSUPPORTED
      CUDA_DOWNLOAD_FAILED CUDA_DOWNLOAD_DAMAGED NOT_FOUND STATE_CONFLICT NO_GENERATION_DATA
      PICTURE_MISSING MODEL_IN_USE MODEL_EXISTS HUB_UNREACHABLE HUB_ADDRESS_INVALID PROXY_INVALID
      HUB_REFUSED HUB_NOT_FOUND DOWNLOAD_FAILED DOWNLOAD_DAMAGED SECRET_UNAVAILABLE TOKEN_REFUSED
      ADDRESS_REFUSED PORT_IN_USE PORT_REFUSED ALREADY_RUNNING NOT_RUNNING DATA_FOLDER_UNUSABLE
      INTERFACE_MISSING ENTRY_UNREADABLE REASON_UNKNOWN INTERNAL ENDPOINT_REPLY_INVALID
      ENDPOINT_REFUSED ENDPOINT_TOKEN_REFUSED ENDPOINT_MODEL_UNKNOWN ENDPOINT_BUSY ENDPOINT_TIMED_OUT
      ENDPOINT_UNREACHABLE ENDPOINT_CERTIFICATE ENDPOINT_MOVED QUEUE_FULL TIME_LIMIT SERVER_CLOSING
      TIMED_OUT KEY_NEEDED KEY_REFUSED KEY_INSUFFICIENT REQUEST_REFUSED VERSION_UNKNOWN
      MODEL_NOT_SERVED BODY_TOO_LARGE BODIES_TOO_MANY ENCODING_UNKNOWN METHOD_REFUSED ADDRESS_UNKNOWN EXTENSION_NOT_OFFERED
      STUDIO_SILENT ENDPOINT_NOT_SERVED ARCHIVE_DAMAGED ARCHIVE_UNSAFE ARCHIVE_TOO_LARGE
      ARCHIVE_MANIFEST_INVALID ARCHIVE_WITHOUT_MODEL ARCHIVE_FLATTENED
      ARCHIVE_UNWRITABLE ARCHIVE_INPUT_CHANGED BUCKET_UNREACHABLE BUCKET_CERTIFICATE
      BUCKET_KEYS_REFUSED BUCKET_DENIED BUCKET_CLOCK
      BUCKET_REGION BUCKET_MOVED BUCKET_PATH_STYLE BUCKET_NOT_FOUND BUCKET_NOT_CHOSEN
      BUCKET_NAME_INVALID BUCKET_EXISTS OBJECT_NOT_FOUND OBJECT_DIFFERS BUCKET_UNSUPPORTED BUCKET_BUSY
      BUCKET_REPLY_INVALID BUCKET_REFUSED CONNECTION_UNREADABLE UPLOAD_INPUT_CHANGED OBJECT_CHANGED BUCKET_NOT_SERVABLE
      DEPLOY_VALUE_MISSING DEPLOY_NAME_INVALID DEPLOY_NAME_TOO_LONG DEPLOY_NAMESPACE_RESERVED DEPLOY_PATH_INVALID
      DEPLOY_QUANTITY_INVALID DEPLOY_LIMIT_TOO_LOW DEPLOY_IMAGE_INVALID DEPLOY_NUMBER_INVALID
      DEPLOY_ANNOTATION_INVALID DEPLOY_CHOICE_UNKNOWN DEPLOY_UNWRITABLE
      CLUSTER_KUBECONFIG_UNREADABLE CLUSTER_UNREACHABLE CLUSTER_CERTIFICATE
      CLUSTER_TOKEN_REFUSED CLUSTER_DENIED CLUSTER_WITHOUT_KSERVE CLUSTER_NAMESPACE_MISSING
      CLUSTER_CONFLICT CLUSTER_QUOTA CLUSTER_WEBHOOK CLUSTER_OBJECT_INVALID
      CLUSTER_MANIFEST_INVALID CLUSTER_BUSY CLUSTER_REPLY_INVALID DEPLOYMENT_NOT_OURS
      DEPLOYMENT_NOT_EXPOSED DEPLOYMENT_NOT_READY CLUSTER_ADMIN_NEEDED
      CUDA_LICENCE LIMIT_TOO_SHORT ENDPOINT_FAULT REPLY_TOO_LONG CERTIFICATE_UNUSABLE
      ALBUM_EXISTS STYLES_UNREADABLE ENDPOINT_NOT_STARTED ENDPOINT_LEFT
      ENDPOINT_REPLY_BROKEN ENDPOINT_REPLY_TOO_LARGE ENDPOINT_PICTURE_INVALID PROXY_FAILED`,
    now: Object.keys(REFUSALS),
  },
};

test.each(Object.entries(STORED))("no stored name is removed: %s", (_, names) => {
  const now = Object.values(names.now);
  const gone = names.shipped
    .trim()
    .split(/\s+/)
    .filter((name) => !now.includes(name));
  expect(gone).toEqual([]);
});

test("a newly stored name is recorded here", () => {
  const unlisted = Object.values(STORED).flatMap(({ shipped, now }) =>
    Object.values(now).filter((name) => !shipped.split(/\s+/).includes(name)),
  );
  expect(unlisted).toEqual([]);
});
