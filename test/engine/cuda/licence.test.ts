import { expect, test } from "vitest";
import { readLicences } from "../../../engine/cuda/licence.ts";

test("both of NVIDIA's licences are available, complete", async () => {
  const [cuda, cudnn] = await readLicences();
  expect(cuda?.text).toMatch(/^End User License Agreement/);
  expect(cudnn?.text).toMatch(/^LICENSE AGREEMENT FOR NVIDIA SOFTWARE DEVELOPMENT KITS/);
  expect(cuda?.text.length).toBeGreaterThan(50_000);
  expect(cudnn?.text.length).toBeGreaterThan(15_000);
});
