"""OpenVINO on the same random weights: does one piece of work per line of input, for networks.ts to time."""
import gc
import sys
from pathlib import Path

import nncf
import numpy
import openvino
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from nncf.parameters import ModelType

folder, threads = Path(sys.argv[1]), int(sys.argv[2])
# What the libraries say goes beside our lines, not between them.
answers, sys.stdout = sys.stdout, sys.stderr
core = openvino.Core()
core.set_property("CPU", {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY"})
loaded = {}


def noise(*shape):
    return numpy.random.default_rng(7).standard_normal(shape, dtype=numpy.float32)


def inputs(name, side):
    if name == "vae":
        return [noise(1, 4, side, side)]
    return [noise(2, 4, side, side), numpy.float32([500]), noise(2, 77, 1024)]


class Decoder(torch.nn.Module):
    def __init__(self, vae):
        super().__init__()
        self.vae = vae

    def forward(self, latents):
        return self.vae.decode(latents, return_dict=False)[0]


class UNet(torch.nn.Module):
    def __init__(self, unet):
        super().__init__()
        self.unet = unet

    def forward(self, sample, timestep, states):
        return self.unet(sample, timestep, states, return_dict=False)[0]


def converted(name):
    """OpenVINO's own form of the network in float32, for latents of any size."""
    path = folder / "openvino" / f"{name}.xml"
    if not path.exists():
        of_class, wrapper = {"unet": (UNet2DConditionModel, UNet), "vae": (AutoencoderKL, Decoder)}[name]
        network = wrapper(of_class.from_pretrained(folder / name, torch_dtype=torch.float32).eval())
        example = [torch.from_numpy(value) for value in inputs(name, 32)]
        with torch.inference_mode():
            model = openvino.convert_model(network, example_input=tuple(example))
        openvino.save_model(model, path, compress_to_fp16=False)
    return core.read_model(path)


def quantized(name, kind):
    """By NNCF: the weights alone (`int8-weights`), or everything, calibrated on noise (`int8`)."""
    path = folder / "openvino" / f"{name}.{kind}.xml"
    if not path.exists():
        model = converted(name)
        if kind == "int8-weights":
            model = nncf.compress_weights(model)
        else:
            samples = nncf.Dataset([inputs(name, 32)] * 4)
            model = nncf.quantize(model, samples, model_type=ModelType.TRANSFORMER, subset_size=4)
        openvino.save_model(model, path, compress_to_fp16=False)
    return core.read_model(path)


def compiled(name, side, kind):
    model = quantized(name, kind) if kind.startswith("int8") else converted(name)
    shapes = [list(value.shape) for value in inputs(name, side)]
    model.reshape({port: shape for port, shape in zip(model.inputs, shapes)})
    precision = "bf16" if kind == "bf16" else "f32"
    return core.compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": precision})


def work(name, side, kind):
    if (name, side, kind) not in loaded:
        loaded.clear()
        gc.collect()
        loaded[name, side, kind] = compiled(name, side, kind)
    loaded[name, side, kind](inputs(name, side))


print("ready", file=answers, flush=True)
for line in sys.stdin:
    try:
        if line.strip() == "drop":
            loaded.clear()
            gc.collect()
        else:
            name, side, kind, _steps = line.split()
            if name not in ("unet", "vae"):
                raise NotImplementedError("UNet and decoder are what OpenVINO is measured with")
            work(name, int(side), kind)
        print("done", file=answers, flush=True)
    except Exception as error:
        print(f"failed: {error}", file=answers, flush=True)
