import { expect, test } from "vitest";
import { readSchedulerConfig } from "../../../engine/schedulers/config.ts";

test("keeps only what the file says", () => {
  const json = {
    _class_name: "DDIMScheduler",
    _diffusers_version: "0.8.0",
    beta_schedule: "scaled_linear",
    prediction_type: "v_prediction",
    set_alpha_to_one: false,
    trained_betas: null,
    a_key_of_tomorrow: [1],
  };
  expect(readSchedulerConfig(json)).toEqual({
    className: "DDIMScheduler",
    settings: {
      beta_schedule: "scaled_linear",
      prediction_type: "v_prediction",
      set_alpha_to_one: false,
    },
  });
});

test("accepts a lambda_min_clipped of -Infinity, as diffusers writes it", () => {
  const json = { _class_name: "DPMSolverMultistepScheduler", lambda_min_clipped: -Infinity };
  expect(readSchedulerConfig(json).settings).toEqual({ lambda_min_clipped: -Infinity });
});

test.each([
  ["DDIMScheduler", "PNDMScheduler"],
  [undefined, "PNDMScheduler"],
  [17, "PNDMScheduler"],
])("is read by the class of model_index.json, whatever its own says: %j", (own, className) => {
  const json = { _class_name: own, skip_prk_steps: true };
  expect(readSchedulerConfig(json, className)).toEqual({
    className,
    settings: { skip_prk_steps: true },
  });
});

const DAMAGED = "CONFIG_INVALID";
const FOREIGN = "SCHEDULER_UNSUPPORTED";
const CLASS = { _class_name: "DDIMScheduler" };
const long = { ...CLASS, beta_start: "x".repeat(1000) };

test.each<[unknown, string, string]>([
  [null, DAMAGED, "_class_name is not the name of a class"],
  [[], DAMAGED, "_class_name is not the name of a class"],
  ["DDIMScheduler", DAMAGED, "_class_name is not the name of a class"],
  [{ _class_name: ["a", "b"] }, DAMAGED, "_class_name is not the name of a class"],
  [{ _class_name: "../../x" }, DAMAGED, "_class_name is not the name of a class"],
  [
    { ...CLASS, num_train_timesteps: 1e9 },
    DAMAGED,
    "1000000000, not a whole number from 2 to 10000",
  ],
  [{ ...CLASS, num_train_timesteps: 99.5 }, DAMAGED, "its num_train_timesteps is 99.5"],
  [{ ...CLASS, beta_start: 0 }, DAMAGED, "its beta_start is 0, not a number between 0 and 1"],
  [{ ...CLASS, beta_end: 1 }, DAMAGED, "its beta_end is 1"],
  [{ ...CLASS, beta_end: "0.02" }, DAMAGED, 'its beta_end is "0.02"'],
  [{ ...CLASS, trained_betas: [0.1, 2] }, DAMAGED, "its trained_betas is [0.1,2]"],
  [{ ...CLASS, trained_betas: [0.1, 0.2] }, DAMAGED, "2 trained_betas for 1000 timesteps"],
  [{ ...CLASS, steps_offset: -1 }, DAMAGED, "its steps_offset is -1"],
  [{ ...CLASS, clip_sample: "no" }, DAMAGED, 'its clip_sample is "no", not true or false'],
  [{ ...CLASS, sigma_max: 1e300 }, DAMAGED, "its sigma_max is 1e+300"],
  [
    { ...CLASS, prediction_type: "flow_prediction" },
    FOREIGN,
    "not one of epsilon, v_prediction, sam",
  ],
  [{ ...CLASS, disable_corrector: [1, "2"] }, DAMAGED, 'its disable_corrector is [1,"2"]'],
  [{ ...CLASS, timestep_spacing: "log" }, FOREIGN, "not one of linspace, leading, trailing"],
  [{ ...CLASS, beta_schedule: "sigmoid" }, FOREIGN, "not one of linear, scaled_linear"],
  [long, DAMAGED, `its beta_start is "${"x".repeat(59)}…, not a number`],
])("refuses %j as %s", (json, code, reason) => {
  expect(() => readSchedulerConfig(json)).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(reason) }),
  );
});
