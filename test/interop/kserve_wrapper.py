"""
Stands where KServe's wrapper stands in TorchServe's image, and forwards to TorchServe by kserve's own client.
The real one, which is in no package, takes every reply from there, too. Reads the models' names, TorchServe's
address and the protocol from the environment that the real one reads, and the port, which is fixed there.
"""

import json
import os
import sys

import uvicorn
from kserve import Model, ModelServer


def configuration():
    with open(os.environ["CONFIG_PATH"], encoding="utf-8") as file:
        lines = [line.strip().split("=", 1) for line in file if "=" in line and not line.startswith("#")]
    found = dict(lines)
    return found["inference_address"].split("//")[1], json.loads(found["model_snapshot"])["models"]


class Forward(Model):
    def __init__(self, name, host):
        super().__init__(name)
        self.predictor_host = self.explainer_host = host
        self.protocol = os.environ.get("PROTOCOL_VERSION", "v1")
        self.ready = True


class OnLoopback(uvicorn.Config):
    """Without it anyone could ask while a test runs."""

    def __init__(self, **settings):
        super().__init__(**{**settings, "host": "127.0.0.1"})


if __name__ == "__main__":
    port = int(sys.argv[1])
    sys.argv[1:] = []
    uvicorn.Config = OnLoopback
    host, models = configuration()
    ModelServer(http_port=port, enable_grpc=False).start([Forward(name, host) for name in models])
