"""Runs of every scheduler over configs that the snapshots beside this file do not have, also from the middle as in image to image.
With torch and diffusers installed:  python make_variants.py OUT"""
import json, math, sys
import torch
from safetensors.torch import save_file
from diffusers import DDIMScheduler, DPMSolverMultistepScheduler, EulerAncestralDiscreteScheduler, EulerDiscreteScheduler, PNDMScheduler
OUT = sys.argv[1]; torch.set_grad_enabled(False); torch.set_num_threads(1)
CLASSES = {c.__name__: c for c in (DDIMScheduler, DPMSolverMultistepScheduler, EulerAncestralDiscreteScheduler, EulerDiscreteScheduler, PNDMScheduler)}
NAMES = {"ddim": (DDIMScheduler, {}), "pndm": (PNDMScheduler, dict(skip_prk_steps=True)), "euler": (EulerDiscreteScheduler, dict(use_karras_sigmas=False)), "euler-karras": (EulerDiscreteScheduler, dict(use_karras_sigmas=True)),
         "euler-ancestral": (EulerAncestralDiscreteScheduler, {}), "dpm++2m": (DPMSolverMultistepScheduler, dict(use_karras_sigmas=False)), "dpm++2m-karras": (DPMSolverMultistepScheduler, dict(use_karras_sigmas=True))}
SD = dict(beta_start=.00085, beta_end=.012, beta_schedule="scaled_linear", steps_offset=1, clip_sample=False)
CONFIGS = {
 "hub": dict(_class_name="DDIMScheduler", **SD, prediction_type="v_prediction", set_alpha_to_one=False, skip_prk_steps=True, trained_betas=None, num_train_timesteps=1000),
 "short": dict(_class_name="PNDMScheduler", beta_start=.00085, beta_end=.012, beta_schedule="scaled_linear", skip_prk_steps=True),
 "outdated": dict(_class_name="DDIMScheduler", beta_start=.00085, beta_end=.012, steps_offset=0, clip_sample=True, timestep_spacing="leading"),
 "zero-snr": dict(_class_name="DDIMScheduler", **SD, prediction_type="v_prediction", rescale_betas_zero_snr=True, timestep_spacing="trailing"),
 "cosine": dict(_class_name="DPMSolverMultistepScheduler", beta_schedule="squaredcos_cap_v2", lambda_min_clipped=-5.1, prediction_type="v_prediction"),
 "bounded": dict(_class_name="EulerDiscreteScheduler", **SD, use_karras_sigmas=True, sigma_min=.05, sigma_max=9.5, final_sigmas_type="sigma_min", timestep_spacing="leading"),
 "orders": dict(_class_name="DPMSolverMultistepScheduler", **SD, final_sigmas_type="sigma_min", lower_order_final=False, timestep_spacing="leading"),
 "last-euler": dict(_class_name="DPMSolverMultistepScheduler", **SD, final_sigmas_type="sigma_min", lower_order_final=False, euler_at_final=True),
 "trained-betas": dict(_class_name="EulerAncestralDiscreteScheduler", num_train_timesteps=100, trained_betas=[.002 + .0004 * i for i in range(100)], prediction_type="v_prediction"),
 "trailing": dict(_class_name="PNDMScheduler", **SD, skip_prk_steps=True, timestep_spacing="trailing"),
 "linspace": dict(_class_name="PNDMScheduler", **SD, skip_prk_steps=True, timestep_spacing="linspace"),
}
RUNS = [(c, n, 6, s) for c in ("hub", "short", "zero-snr", "trained-betas") for n in NAMES for s in (0, 2)] + [(c, n, 5, 0) for c in ("outdated", "cosine", "bounded", "trailing", "linspace") for n in NAMES] \
     + [("hub", n, k, 0) for n in NAMES for k in (1, 2)] + [("trailing", n, 48, 44) for n in NAMES] + [(c, n, k, 0) for c in ("orders", "last-euler") for n in ("dpm++2m", "dpm++2m-karras") for k in (5, 16)]
net = lambda x, t: torch.tanh(x * .7 + float(t) / 1500) + .1 * x.flip(-1)
T, meta = {}, []
for config, name, steps, start in RUNS:
    # the model's own scheduler, as StableDiffusionPipeline holds it; then another from its config
    s = CLASSES[CONFIGS[config]["_class_name"]].from_config(CONFIGS[config])
    if getattr(s.config, "steps_offset", 1) != 1: s._internal_dict = type(s.config)({**s.config, "steps_offset": 1})
    if getattr(s.config, "clip_sample", False) is True: s._internal_dict = type(s.config)({**s.config, "clip_sample": False})
    cls, fixed = NAMES[name]
    if not (type(s) is cls and all(s.config[k] == v for k, v in fixed.items())): s = cls.from_config(s.config, **fixed)
    s.set_timesteps(steps); g = torch.Generator().manual_seed(7); original, x = torch.randn(1, 4, 2, 4, generator=g), torch.randn(1, 4, 2, 4, generator=g)
    if hasattr(s, "set_begin_index"): s.set_begin_index(start)   # without it, rounded timesteps that repeat lead past the end
    if start: x = s.add_noise(original, x, s.timesteps[start:start + 1])
    else: x = x * s.init_noise_sigma
    tr = [x]
    for t in s.timesteps[start:]: x = s.step(net(s.scale_model_input(x, t), t), t, x, **(dict(generator=g) if name == "euler-ancestral" else {})).prev_sample; tr.append(x)
    key = f"{config}.{name}.{steps}.{start}"; T[key] = torch.cat(tr); assert T[key].isfinite().all(), key
    meta.append(dict(key=key, config=config, scheduler=name, steps=steps, start=start, init_noise_sigma=float(s.init_noise_sigma), timesteps=[float(t) for t in s.timesteps]))
save_file(T, f"{OUT}/variants.safetensors")
json.dump(dict(network="tanh(0.7 x + t/1500) + 0.1 * x reversed along the last axis", start="torch.Generator().manual_seed(7), original and noise randn(1,4,2,4), then one randn per step for euler-ancestral; start > 0: add_noise at timesteps[start]", configs=CONFIGS, runs=meta), open(f"{OUT}/variants.json", "w"), indent=1)
