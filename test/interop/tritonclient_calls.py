"""tritonclient calling what tritonclient.test.ts asks for: one JSON object a line in, one out."""
import json
import ssl
import sys

import numpy as np
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException


def encrypted(authority=None):
    """How the client encrypts, where it is told which authority to trust."""
    if authority is None:
        return {}
    return {"ssl": True, "ssl_context_factory": lambda: ssl.create_default_context(cafile=authority)}


client = triton.InferenceServerClient(sys.argv[1], network_timeout=600, **encrypted(*sys.argv[2:]))


def tensor(name, datatype, value, binary):
    found = triton.InferInput(name, [1], datatype)
    found.set_data_from_numpy(np.array([value], dtype=triton_type(datatype)), binary_data=binary)
    return found


def triton_type(datatype):
    return {"BYTES": object, "INT32": np.int32, "INT64": np.int64, "FP32": np.float32}[datatype]


def infer(model, inputs, binary, output=None, outputBinary=True, **options):
    outputs = [triton.InferRequestedOutput(output, binary_data=outputBinary)] if output else None
    asked = [tensor(*given, binary) for given in inputs]
    reply = client.infer(model, asked, outputs=outputs, **options)
    said = reply.get_response()
    pixels = reply.as_numpy(output or "image")
    return {
        "id": said.get("id"),
        "model": said["model_name"],
        "shape": list(pixels.shape),
        "type": str(pixels.dtype),
        "sum": int(pixels.astype("int64").sum()),
    }


CALLS = {
    "live": lambda: client.is_server_live(),
    "ready": lambda: client.is_server_ready(),
    "modelReady": lambda model: client.is_model_ready(model),
    "server": lambda: client.get_server_metadata(),
    "metadata": lambda model: client.get_model_metadata(model),
    "config": lambda model: client.get_model_config(model),
    "index": lambda: client.get_model_repository_index(),
    "statistics": lambda model: client.get_inference_statistics(model),
    "infer": infer,
}

for line in sys.stdin:
    request = json.loads(line)
    try:
        print(json.dumps({"ok": CALLS[request.pop("call")](**request)}), flush=True)
    except InferenceServerException as error:
        print(json.dumps({"ok": {"status": error.status(), "message": error.message()}}), flush=True)
    except Exception as error:
        print(json.dumps({"failed": repr(error)}), flush=True)
