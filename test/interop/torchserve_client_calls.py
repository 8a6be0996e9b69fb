"""torchserve-client calling what torchserve-client.test.ts asks for: one JSON object a line in, one out."""
import json
import sys

import grpc
import requests
from torchserve_client import TorchServeClientGRPC, TorchServeClientREST

management, inference, grpc_management, grpc_inference = (int(port) for port in sys.argv[1:5])
base = "http://127.0.0.1"
rest = TorchServeClientREST(base, management, inference)
rpc = TorchServeClientGRPC(base, grpc_management, grpc_inference)
clients = {
    ("rest", "management"): rest.management,
    ("rest", "inference"): rest.inference,
    ("grpc", "management"): rpc.management,
    ("grpc", "inference"): rpc.inference,
}


def told(reply):
    if hasattr(reply, "msg"):
        return reply.msg
    return reply


def call(over, api, method, args):
    if method == "prediction":
        args["data"] = [("data", args["data"].encode())]
    return told(getattr(clients[over, api], method)(**args))


for line in sys.stdin:
    asked = json.loads(line)
    try:
        print(json.dumps({"ok": call(**asked)}), flush=True)
    except requests.HTTPError as error:
        said = {"status": error.response.status_code, "message": error.response.json()["message"]}
        print(json.dumps({"ok": said}), flush=True)
    except grpc.RpcError as error:
        print(json.dumps({"ok": {"status": error.code().name, "message": error.details()}}), flush=True)
    except Exception as error:
        print(json.dumps({"failed": repr(error)}), flush=True)
