import { createConfig, lintFromString } from "@redocly/openapi-core";
import { expect, test } from "vitest";
import { routesOf } from "../../../../engine/serving/routes/install-routes.ts";
import { OPENAPI, openapiOf } from "../../../../engine/serving/routes/openapi.ts";
import type { SharedParts } from "../../../../engine/serving/routes/route-parts.ts";
import { openRoutes } from "../../../fakes/open-routes.ts";
import { ask } from "./asking.ts";

const EVERYTHING = openapiOf(new Set(["openai", "a1111"]));

test.each([OPENAPI, EVERYTHING])(
  "the document is valid by redocly's recommended rules",
  async (document) => {
    const config = await createConfig({ extends: ["recommended"] });
    const problems = await lintFromString({ source: JSON.stringify(document), config });
    expect(
      problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer]),
    ).toEqual([]);
  },
);

test("every address that is answered is in the document, and no other", () => {
  const parts = { engine: {}, admission: {}, bodies: {}, metrics: {} } as SharedParts;
  const answered = routesOf(parts).flatMap(({ path, GET, POST }) => [
    ...(GET === undefined ? [] : [`get ${path}`]),
    ...(POST === undefined ? [] : [`post ${path}`]),
  ]);
  const documented = Object.entries(EVERYTHING.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map(
      // To a router, v1's verb is part of the name.
      (method) => `${method} ${path.replace(":predict", "").replaceAll(/\{(\w+)\}/g, ":$1")}`,
    ),
  );
  expect(documented.toSorted()).toEqual(answered.toSorted());
});

test("the server returns its document", async () => {
  const { origin } = await openRoutes();
  expect(await ask(`${origin}/openapi.json`)).toMatchObject({
    status: 200,
    json: JSON.parse(JSON.stringify(OPENAPI)),
  });
});
