"""Runs of schedulers over configs that a model may have as its own: every class that StableDiffusionPipeline takes, in all its forms,
loaded and patched as the pipeline does, some started in the middle as in image to image, and handed to other classes by from_config.
With torch, scipy and diffusers 0.42 installed:  python make_own.py OUT"""
import inspect, json, sys, warnings; warnings.filterwarnings("ignore")
import diffusers, torch
from diffusers.configuration_utils import FrozenDict
from safetensors.torch import save_file
OUT = sys.argv[1]; torch.set_grad_enabled(False); torch.set_num_threads(1); diffusers.logging.set_verbosity_error()
SD = dict(beta_start=.00085, beta_end=.012, beta_schedule="scaled_linear", num_train_timesteps=1000)
CLASSES = {"unipc": "UniPCMultistepScheduler", "multistep": "DPMSolverMultistepScheduler", "singlestep": "DPMSolverSinglestepScheduler", "deis": "DEISMultistepScheduler", "lms": "LMSDiscreteScheduler", "heun": "HeunDiscreteScheduler",
           "kdpm2": "KDPM2DiscreteScheduler", "kdpm2-ancestral": "KDPM2AncestralDiscreteScheduler", "ddpm": "DDPMScheduler", "lcm": "LCMScheduler", "tcd": "TCDScheduler", "pndm": "PNDMScheduler", "euler": "EulerDiscreteScheduler", "ddim": "DDIMScheduler", "euler-ancestral": "EulerAncestralDiscreteScheduler"}
CONFIGS = {}
def config(form, **keys):
    name = next(c for c in sorted(CLASSES, key=len, reverse=True) if form.startswith(c)); CONFIGS[form] = dict(_class_name=CLASSES[name], **{**SD, **keys})
for c in CLASSES: config(c)
for c in ("unipc", "multistep", "singlestep", "deis", "lms", "heun", "kdpm2", "kdpm2-ancestral", "euler"):
    for curve in ("karras", "exponential", "beta"): config(f"{c}-{curve}", **{f"use_{curve}_sigmas": True})
for c in ("unipc", "multistep", "deis", "lms", "heun", "kdpm2", "kdpm2-ancestral", "ddpm"):
    for spacing in ("leading", "trailing", "linspace"): config(f"{c}-{spacing}", timestep_spacing=spacing)
for order in (1, 3):
    for c in ("unipc", "multistep", "singlestep", "deis"): config(f"{c}-order{order}", solver_order=order)
MIN = dict(final_sigmas_type="sigma_min"); config("unipc-bh1", solver_type="bh1", **MIN); config("unipc-bh1-order3", solver_type="bh1", solver_order=3, **MIN); config("unipc-midpoint", solver_type="midpoint"); config("unipc-noise", predict_x0=False, **MIN); config("unipc-noise-bh1-order3", predict_x0=False, solver_type="bh1", solver_order=3, **MIN)
config("unipc-no-corrector", disable_corrector=[0, 2]); config("unipc-full-order", lower_order_final=False, final_sigmas_type="sigma_min", solver_order=3); config("unipc-bounded", use_karras_sigmas=True, sigma_min=.1, sigma_max=10.)
config("unipc-zero-snr", rescale_betas_zero_snr=True, timestep_spacing="trailing"); config("unipc-cosine-karras", beta_schedule="squaredcos_cap_v2", use_karras_sigmas=True)
for kind in ("midpoint", "heun"):
    config(f"multistep-{kind}", solver_type=kind)
    for order in (2, 3):
        config(f"multistep-plain-{kind}-order{order}", algorithm_type="dpmsolver", final_sigmas_type="sigma_min", solver_type=kind, solver_order=order)
        config(f"multistep-sde-{kind}-order{order}", algorithm_type="sde-dpmsolver++", solver_type=kind, solver_order=order)
        config(f"singlestep-{kind}-order{order}", solver_type=kind, solver_order=order)
        config(f"singlestep-plain-{kind}-order{order}", algorithm_type="dpmsolver", final_sigmas_type="sigma_min", solver_type=kind, solver_order=order)
        config(f"singlestep-sde-{kind}-order{order}", algorithm_type="sde-dpmsolver++", solver_type=kind, solver_order=order)
    config(f"multistep-sde-plain-{kind}", algorithm_type="sde-dpmsolver", final_sigmas_type="sigma_min", solver_type=kind)
config("multistep-sde-plain-order1", algorithm_type="sde-dpmsolver", final_sigmas_type="sigma_min", solver_order=1); config("multistep-sde-karras", algorithm_type="sde-dpmsolver++", use_karras_sigmas=True); config("multistep-bh2", solver_type="bh2"); config("multistep-deis", algorithm_type="deis", **MIN)
config("multistep-lu", use_lu_lambdas=True); config("multistep-lu-cosine", use_lu_lambdas=True, beta_schedule="squaredcos_cap_v2"); config("multistep-clipped", lambda_min_clipped=-1.5, solver_order=3); config("multistep-min", final_sigmas_type="sigma_min", solver_order=3); config("multistep-full-order", final_sigmas_type="sigma_min", lower_order_final=False, solver_order=3)
config("multistep-euler-last", final_sigmas_type="sigma_min", lower_order_final=False, euler_at_final=True); config("multistep-exponential-bounded", use_exponential_sigmas=True, sigma_min=.1, sigma_max=10.); config("multistep-beta-cosine", use_beta_sigmas=True, beta_schedule="squaredcos_cap_v2")
config("singlestep-lower", lower_order_final=True, solver_order=3); config("singlestep-min", final_sigmas_type="sigma_min"); config("singlestep-clipped", lambda_min_clipped=-1.5); config("singlestep-cosine-karras", beta_schedule="squaredcos_cap_v2", use_karras_sigmas=True)
config("deis-full-order", lower_order_final=False, solver_order=3)
for v in ("fixed_small_log", "fixed_large"): config(f"ddpm-{v}", variance_type=v)
config("ddpm-zero-snr", rescale_betas_zero_snr=True, timestep_spacing="trailing")
config("lcm-original", original_inference_steps=36, timestep_scaling=5.); config("lcm-one", set_alpha_to_one=False); config("tcd-original", original_inference_steps=36)
config("pndm-one", set_alpha_to_one=True); config("pndm-trailing", timestep_spacing="trailing"); config("pndm-linspace", timestep_spacing="linspace")
config("euler-log-linear", interpolation_type="log_linear"); config("euler-continuous", timestep_type="continuous"); config("euler-continuous-log-linear", timestep_type="continuous", interpolation_type="log_linear"); config("euler-continuous-karras", timestep_type="continuous", use_karras_sigmas=True, final_sigmas_type="sigma_min"); config("euler-log-linear-karras", interpolation_type="log_linear", use_karras_sigmas=True)
NO_SAMPLE = ("kdpm2", "pndm", "euler-ancestral")
HANDED = ["ddim", "deis-order3", "multistep-sde-heun-order3", "singlestep", "pndm-one"]   # by from_config to these names:
NAMED = {"unipc": ("UniPCMultistepScheduler", dict(solver_order=2, solver_type="bh2")), "dpm++2m-sde": ("DPMSolverMultistepScheduler", dict(algorithm_type="sde-dpmsolver++", solver_order=2, solver_type="midpoint")), "dpm++sde": ("DPMSolverSinglestepScheduler", dict(algorithm_type="dpmsolver++", solver_order=2, solver_type="midpoint")),
         "deis": ("DEISMultistepScheduler", dict(algorithm_type="deis", solver_order=2, solver_type="logrho")), "heun": ("HeunDiscreteScheduler", {}), "lms": ("LMSDiscreteScheduler", {}), "kdpm2": ("KDPM2DiscreteScheduler", {}), "kdpm2-ancestral": ("KDPM2AncestralDiscreteScheduler", {}), "ddpm": ("DDPMScheduler", {}), "lcm": ("LCMScheduler", {}), "tcd": ("TCDScheduler", {})}
KARRAS = [n for n in NAMED if n not in ("ddpm", "lcm", "tcd")]
RUNS = [(c, None, *run) for c in CONFIGS for run in ((5, "epsilon", 0), (16, "v_prediction", 0), (6, "v_prediction", 2))] + [(c, None, 4, "sample", 0) for c in CONFIGS if not c.startswith(NO_SAMPLE)] \
     + [(c, n, 6, "v_prediction", s) for c in HANDED for n in NAMED for s in (0, 2)] + [("ddim", n + "-karras", 6, "v_prediction", 0) for n in KARRAS]
net = lambda x, t: torch.tanh(x * .7 + float(t) / 1500) + .1 * x.flip(-1)
def patched(s):   # StableDiffusionPipeline.__init__
    if getattr(s.config, "steps_offset", 1) != 1: s._internal_dict = FrozenDict({**s.config, "steps_offset": 1})
    if getattr(s.config, "clip_sample", False) is True: s._internal_dict = FrozenDict({**s.config, "clip_sample": False})
    return s
T, meta = {}, []
for form, name, steps, prediction, start in RUNS:
    c = CONFIGS[form]; key = ".".join(map(str, (form, name or "own", steps, prediction, start)))
    try:
        s = patched(getattr(diffusers, c["_class_name"]).from_config({**c, "prediction_type": prediction}))
        if name:
            cls, fixed = NAMED[name.removesuffix("-karras")]; s = getattr(diffusers, cls).from_config(s.config, **fixed, **(dict(use_karras_sigmas=name.endswith("-karras")) if name.removesuffix("-karras") in KARRAS else {}))
        s.set_timesteps(steps); g = torch.Generator().manual_seed(7); original, x = torch.randn(1, 4, 2, 4, generator=g), torch.randn(1, 4, 2, 4, generator=g); first = start * s.order
        if hasattr(s, "set_begin_index"): s.set_begin_index(first)
        x = s.add_noise(original, x, s.timesteps[first:first + 1]) if start else x * s.init_noise_sigma
        tr = [x]; kw = {k: v for k, v in dict(generator=g, eta=0.0).items() if k in inspect.signature(s.step).parameters}   # as the pipelines pass them
        for t in s.timesteps[first:]: x = s.step(net(s.scale_model_input(x, t), t), t, x, **kw).prev_sample; tr.append(x)
        tr = torch.cat(tr); assert tr.isfinite().all(), "not finite"
    except Exception as e: print(key, repr(e)[:140]); continue
    T[key] = tr.contiguous(); meta.append(dict(key=key, config=form, steps=steps, prediction_type=prediction, start=first, init_noise_sigma=float(s.init_noise_sigma), timesteps=[round(float(t), 5) for t in s.timesteps], **(dict(scheduler=name) if name else {})))
save_file(T, f"{OUT}/own.safetensors")
json.dump(dict(network="tanh(0.7 x + t/1500) + 0.1 * x reversed along the last axis", start="torch.Generator().manual_seed(7), original and noise randn(1,4,2,4), then what the scheduler draws; start > 0: add_noise at timesteps[start]", configs=CONFIGS, runs=meta), open(f"{OUT}/own.json", "w"))
print(len(RUNS), len(meta))
