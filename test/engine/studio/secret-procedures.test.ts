import { call } from "@orpc/server";
import { inspect } from "node:util";
import { expect, test } from "vitest";
import { Secrets } from "../../../engine/secrets/secrets.ts";
import { secretProcedures } from "../../../engine/studio/secret-procedures.ts";
import { FakeKeyring } from "../../fakes/fake-vaults.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const CANARY = "hf_canary7f3a";
const name = "hub-token";

async function trial() {
  const asked: string[] = [];
  const secrets = await Secrets.open(temporaryFolder(), undefined, {
    environment: {},
    keyring: new FakeKeyring(),
  });
  const procedures = secretProcedures({
    secrets,
    whoAmI: async (token) => {
      asked.push(token);
      return token === CANARY ? { isAccepted: true, account: "ada" } : { isAccepted: false };
    },
  });
  return { asked, procedures };
}

test("a token can be set and checked where it is for, and is never returned", async () => {
  const { asked, procedures } = await trial();
  const said = [
    await call(procedures.set, { name, value: ` ${CANARY} \n` }),
    await call(procedures.status, undefined),
    await call(procedures.check, { name }),
  ];
  expect(said).toEqual([
    undefined,
    [{ name, isSet: true, isFromEnvironment: false, vault: "keyring" }],
    { isAccepted: true, account: "ada" },
  ]);
  expect(asked).toEqual([CANARY]);
});

test("a check without a token sends nothing", async () => {
  const { asked, procedures } = await trial();
  await expect(call(procedures.check, { name })).rejects.toMatchObject({ code: "NOT_FOUND" });
  await call(procedures.set, { name, value: "hf_other" });
  expect(await call(procedures.check, { name })).toEqual({ isAccepted: false });
  await call(procedures.remove, { name });
  await expect(call(procedures.check, { name })).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(asked).toEqual(["hf_other"]);
});

test.each([`${CANARY}\r\nX-Evil: 1`, `${CANARY} two`, `${CANARY}ü`, "  "])(
  "a token that cannot be in a header is refused without repeating it: %j",
  async (value) => {
    const { procedures } = await trial();
    const refusal = await call(procedures.set, { name, value }).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: "REQUEST_INVALID" });
    expect(inspect(refusal, { depth: 9, showHidden: true })).not.toContain("canary");
  },
);
