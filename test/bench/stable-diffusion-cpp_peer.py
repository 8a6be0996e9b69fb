"""stable-diffusion.cpp on the same random weights: does one piece of work per line of input, for networks.ts and
pictures.ts. It tells the seconds of a step itself."""
import gc
import sys
import time

from stable_diffusion_cpp import StableDiffusion

folder, threads = sys.argv[1], int(sys.argv[2])
loaded = {}


def model(kind):
    """Reads the folder in diffusers' layout; q8_0 converts the weights while it reads them."""
    if kind not in loaded:
        loaded.clear()
        gc.collect()
        loaded[kind] = StableDiffusion(
            model_path=folder,
            n_threads=threads,
            wtype=kind,
            prediction="v",
            diffusion_flash_attn=True,
            vae_decode_only=True,
            verbose=False,
        )
    return loaded[kind]


def draw(side, kind, steps):
    """A picture with guidance. The seconds of its last step and of the whole."""
    last = []
    start = time.monotonic()
    model(kind).generate_image(
        prompt="a red house",
        width=8 * side,
        height=8 * side,
        cfg_scale=7.5,
        sample_method="euler",
        sample_steps=steps,
        progress_callback=lambda step, all_steps, seconds: last.append(seconds),
    )
    return last[-1], time.monotonic() - start


def seconds_of(name, side, kind, steps):
    if name == "unet":
        return draw(side, kind, 2)[0]
    if name == "picture":
        return draw(side, kind, steps)[1]
    raise NotImplementedError("stable-diffusion.cpp is measured with steps and whole pictures")


# Each work is prepared once, so loading is in no figure.
print("ready", flush=True)
for line in sys.stdin:
    try:
        if line.strip() == "drop":
            loaded.clear()
            gc.collect()
            print("done", flush=True)
        else:
            name, side, kind, steps = line.split()
            print("done", seconds_of(name, int(side), kind, int(steps)), flush=True)
    except Exception as error:
        print(f"failed: {error or repr(error)}", flush=True)
