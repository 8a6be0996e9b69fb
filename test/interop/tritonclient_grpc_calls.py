"""tritonclient's gRPC half calling what tritonclient.test.ts asks for: one JSON object a line in, one out."""
import json
import queue
import sys

import numpy as np
import tritonclient.grpc as triton
from tritonclient.utils import InferenceServerException

# The second argument is the authority that it trusts, where it is to encrypt.
trusted = {"ssl": True, "root_certificates": sys.argv[2]} if len(sys.argv) > 2 else {}
client = triton.InferenceServerClient(sys.argv[1], **trusted)


def tensor(name, datatype, value):
    found = triton.InferInput(name, [1], datatype)
    types = {"BYTES": object, "INT32": np.int32, "INT64": np.int64}
    found.set_data_from_numpy(np.array([value], dtype=types[datatype]))
    return found


def shown(reply):
    said = reply.get_response()
    pixels = reply.as_numpy("image")
    return {
        "id": said.id,
        "model": said.model_name,
        "shape": list(pixels.shape),
        "type": str(pixels.dtype),
        "sum": int(pixels.astype("int64").sum()),
    }


def infer(model, inputs, **options):
    return shown(client.infer(model, [tensor(*given) for given in inputs], **options))


def stream(model, inputs, request_id):
    answers = queue.Queue()
    client.start_stream(lambda result, error: answers.put((result, error)))
    client.async_stream_infer(model, [tensor(*given) for given in inputs], request_id=request_id)
    steps = []
    while True:
        result, error = answers.get(timeout=300)
        if error is not None:
            raise error
        parameters = result.get_response().parameters
        if parameters["triton_final_response"].bool_param:
            break
        steps.append([parameters["step"].int64_param, parameters["of"].int64_param])
    client.stop_stream()
    return {"steps": steps, **shown(result)}


CALLS = {
    "live": lambda: client.is_server_live(),
    "ready": lambda: client.is_server_ready(),
    "modelReady": lambda model: client.is_model_ready(model),
    "server": lambda: client.get_server_metadata(as_json=True),
    "metadata": lambda model: client.get_model_metadata(model, as_json=True),
    "index": lambda: client.get_model_repository_index(as_json=True),
    "statistics": lambda model: client.get_inference_statistics(model, as_json=True),
    "unload": lambda model: client.unload_model(model),
    "load": lambda model: client.load_model(model),
    "infer": infer,
    "stream": stream,
}

for line in sys.stdin:
    request = json.loads(line)
    try:
        print(json.dumps({"ok": CALLS[request.pop("call")](**request)}), flush=True)
    except InferenceServerException as error:
        print(json.dumps({"ok": {"status": error.status(), "message": error.message()}}), flush=True)
    except Exception as error:
        print(json.dumps({"failed": repr(error)}), flush=True)
