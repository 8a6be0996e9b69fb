"""Whole pictures with tiny-sd2-v by schedulers that a model may have as its own (schedulers/own.json has their configs): some from noise, one of each class also from a picture.
With torch, scipy, transformers, Pillow and diffusers 0.42 installed, after make_own.py:  python make_own_pictures.py GOLDEN   (this folder)"""
import json, os, shutil, sys, tempfile, warnings; warnings.filterwarnings("ignore")
import diffusers, numpy, torch
from PIL import Image
from safetensors.torch import save_file
G = sys.argv[1]; torch.set_grad_enabled(False); torch.set_num_threads(1); torch.set_flush_denormal(True); diffusers.logging.set_verbosity_error()
CONFIGS = json.load(open(f"{G}/schedulers/own.json"))["configs"]
CLASSES = [c for c in CONFIGS if c in ("unipc", "multistep", "singlestep", "deis", "lms", "heun", "kdpm2", "kdpm2-ancestral", "ddpm", "lcm", "tcd", "pndm", "euler", "ddim", "euler-ancestral")]
FORMS = CLASSES + ["unipc-karras", "unipc-order3", "unipc-bh1", "multistep-karras", "multistep-exponential", "multistep-beta", "multistep-lu", "multistep-order1", "multistep-order3", "multistep-heun", "multistep-sde-midpoint-order2", "multistep-sde-karras", "multistep-plain-midpoint-order2",
    "multistep-sde-plain-midpoint", "multistep-bh2", "singlestep-midpoint-order3", "singlestep-sde-midpoint-order2", "deis-order3", "lms-karras", "heun-karras", "heun-beta", "kdpm2-karras", "euler-log-linear", "euler-continuous", "euler-exponential", "ddpm-fixed_large"]
RUNS = [(f, None) for f in FORMS] + [(c, .6) for c in CLASSES] + [("multistep-sde-karras", .6), ("heun-karras", .6)]
WORDS = dict(prompt="a red house, two purple fish", negative_prompt="blurry", num_inference_steps=7, guidance_scale=3)
T, meta, parts, start = {}, [], {}, None
with tempfile.TemporaryDirectory() as folder:
    m = f"{folder}/m"; shutil.copytree(f"{G}/tiny-sd2-v/snapshot", m)
    for form, strength in RUNS:
        config = {**CONFIGS[form], "prediction_type": "v_prediction"}; json.dump(config, open(f"{m}/scheduler/scheduler_config.json", "w"))
        index = json.load(open(f"{m}/model_index.json")); index["scheduler"] = ["diffusers", config["_class_name"]]; json.dump(index, open(f"{m}/model_index.json", "w"))
        pipe = (diffusers.StableDiffusionImg2ImgPipeline if strength else diffusers.StableDiffusionPipeline).from_pretrained(m, variant="fp16", torch_dtype=torch.float32, safety_checker=None, **parts); pipe.set_progress_bar_config(disable=True)
        parts = {k: getattr(pipe, k) for k in ("unet", "vae", "text_encoder", "tokenizer")}
        picture = pipe(**WORDS, **(dict(image=start, strength=strength) if strength else dict(height=64, width=64)), generator=torch.Generator("cpu").manual_seed(1)).images[0]
        start = start or picture; key = form + (f".{strength}" if strength else "")
        T[f"{key}.pixels"] = torch.from_numpy(numpy.array(picture)).permute(2, 0, 1)[None].contiguous()
        meta.append(dict(key=key, config=form, seed=1, height=64, width=64, **WORDS, **(dict(strength=strength, image=FORMS[0] + ".pixels") if strength else {})))
save_file(T, f"{G}/tiny-sd2-v/expected/own-schedulers.safetensors"); json.dump(meta, open(f"{G}/tiny-sd2-v/expected/own-schedulers.json", "w"), indent=1)
print(len(meta))
