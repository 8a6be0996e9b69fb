"""OpenVINO on one layer in bytes per line of input, "conv BATCH SIDE IN OUT" or "linear ROWS IN OUT": CPU seconds, for products.ts."""
import sys
import time

import numpy
import openvino
from openvino import opset13 as ops

threads = int(sys.argv[1])
answers, sys.stdout = sys.stdout, sys.stderr
core = openvino.Core()
loaded = {}


def in_bytes(x):
    least, most = numpy.float32(-3), numpy.float32(3)
    return ops.fake_quantize(x, least, most, least, most, 256)


def whole_numbers(shape):
    values = numpy.random.default_rng(7).integers(-127, 128, shape, dtype=numpy.int8)
    scales = numpy.full([shape[0]] + [1] * (len(shape) - 1), 0.01, numpy.float32)
    return ops.multiply(ops.convert(ops.constant(values), "f32"), ops.constant(scales))


def layer(kind, sizes):
    if kind == "linear":
        rows, channels, out = sizes
        shape, bias = [1, rows, channels], [1, 1, out]
    else:
        batch, side, channels, out = sizes
        shape, bias = [batch, channels, side, side], [1, out, 1, 1]
    x = ops.parameter(shape, numpy.float32)
    if kind == "linear":
        y = ops.matmul(in_bytes(x), whole_numbers([out, channels]), False, True)
    else:
        y = ops.convolution(in_bytes(x), whole_numbers([out, channels, 3, 3]), [1, 1], [1, 1], [1, 1], [1, 1])
    model = openvino.Model([ops.add(y, ops.constant(numpy.full(bias, 0.1, numpy.float32)))], [x])
    settings = {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"}
    request = core.compile_model(model, "CPU", settings).create_infer_request()
    request.set_input_tensor(openvino.Tensor(numpy.random.default_rng(7).standard_normal(shape, dtype=numpy.float32)))
    request.infer()
    return request


print("ready", file=answers, flush=True)
for line in sys.stdin:
    try:
        kind, *sizes = line.split()
        if line not in loaded:
            loaded[line] = layer(kind, [int(size) for size in sizes])
        begin = time.process_time()
        loaded[line].infer()
        print(f"done {time.process_time() - begin}", file=answers, flush=True)
    except Exception as error:
        print(f"failed: {error}", file=answers, flush=True)
