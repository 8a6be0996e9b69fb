"""KServe's own clients calling what kserve-client.test.ts asks for: one JSON object a line in, one out."""
import asyncio
import json
import ssl
import sys

import httpx
from kserve import InferInput, InferRequest, InferenceGRPCClient, InferenceRESTClient
from kserve.inference_client import RESTConfig

base, target = sys.argv[1:3]
# The authority that it trusts, where it is to encrypt.
authority = sys.argv[3] if len(sys.argv) > 3 else None
verify = True if authority is None else ssl.create_default_context(cafile=authority)
encrypted = {} if authority is None else {"use_ssl": True, "root_certificates": authority}


def asked(model, prompt, parameters):
    given = InferInput("prompt", [1], "BYTES", data=[prompt])
    return InferRequest(model, [given], request_id="11", parameters=parameters)


def told(reply):
    (output,) = reply.outputs
    return {
        "id": reply.id,
        "model": reply.model_name,
        "shape": list(output.shape),
        "type": output.datatype,
        "sum": int(output.as_numpy().astype("int64").sum()),
    }


async def rest(call, model=None, prompt=None, parameters=None, protocol="v2"):
    client = InferenceRESTClient(RESTConfig(protocol=protocol, timeout=600, retries=0, verify=verify))
    if call == "live":
        return await client.is_server_live(base)
    if call == "ready":
        return await client.is_server_ready(base)
    if call == "modelReady":
        return await client.is_model_ready(base, model)
    if call == "predict":
        reply = await client.infer(base, {"instances": [prompt]}, model_name=model)
        return len(reply["predictions"])
    return told(await client.infer(base, asked(model, prompt, parameters), model_name=model))


async def grpc(call, model=None, prompt=None, parameters=None):
    async with InferenceGRPCClient(target, timeout=600, **encrypted) as client:
        if call == "live":
            return await client.is_server_live()
        if call == "ready":
            return await client.is_server_ready()
        if call == "modelReady":
            return await client.is_model_ready(model)
        return told(await client.infer(asked(model, prompt, parameters)))


async def main():
    for line in sys.stdin:
        request = json.loads(line)
        ask = {"rest": rest, "grpc": grpc}[request.pop("over")]
        try:
            print(json.dumps({"ok": await ask(**request)}), flush=True)
        except httpx.HTTPStatusError as error:
            said = {"status": error.response.status_code, "message": str(error)}
            print(json.dumps({"ok": said}), flush=True)
        except Exception as error:
            status = getattr(error, "code", lambda: None)()
            if status is None:
                print(json.dumps({"failed": repr(error)}), flush=True)
            else:
                print(json.dumps({"ok": {"status": str(status), "message": str(error)}}), flush=True)


asyncio.run(main())
