import type { CDPSession, Page } from "@playwright/test";
import { expect, test } from "./studio-test.ts";

/** Prompts over the limit, each of which is laid out in its own way. */
const PROMPTS = {
  "wrapped words": `${"a lighthouse on a rocky coast at dusk, ".repeat(9)}waves`,
  "a word longer than a line": `${"a quiet harbour with boats, ".repeat(13)}${"lighthouse".repeat(40)}`,
  "paragraphs, tabs and spaces at the end": `${"a red house,\tsnow\n\n".repeat(20)}\n  blue   \n`,
  Japanese: "夕暮れの静かな港に浮かぶ小さな船と灯台の絵。".repeat(12),
  Hebrew: "בית אדום קטן על הר מושלג בשעת שקיעה, ".repeat(12),
  "Hebrew below English": `a small red house\n${"בית אדום קטן על הר מושלג, ".repeat(12)}\nin snow`,
  "Arabic and English": "منارة على شاطئ صخري at dusk, ".repeat(12),
  emoji: "🏠 a house 👩‍🎨 painted 🌄 ".repeat(20),
};

interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Where the underlined words are: in the mirror behind the field, and in the field itself. */
interface Underlined {
  readonly mirror: readonly Rectangle[];
  readonly field: readonly Rectangle[];
}

/** Runs in the page on the inner element of the field, which only the debugger can reach. */
const FIND_UNDERLINED = `function () {
  const rectangles = (range) => [...range.getClientRects()]
    .filter(({ width }) => width > 0)
    .map(({ left, top, right, bottom }) => ({ left, top, right, bottom }));
  const mark = document.querySelector("textarea").previousElementSibling.querySelector("span");
  const mirror = document.createRange();
  mirror.selectNodeContents(mark);
  const field = document.createRange();
  field.selectNodeContents(this);
  let left = mark.previousSibling.data.length;
  for (const node of this.childNodes) {
    // Each line break is an element.
    const length = node.data?.length ?? 1;
    if (left < length) {
      if (node.data === undefined) field.setStartBefore(node);
      else field.setStart(node, left);
      break;
    }
    left -= length;
  }
  return { mirror: rectangles(mirror), field: rectangles(field) };
}`;

async function underlined(cdp: CDPSession): Promise<Underlined> {
  const { root } = await cdp.send("DOM.getDocument", { depth: 0 });
  const selector = { nodeId: root.nodeId, selector: "textarea" };
  const { nodeId } = await cdp.send("DOM.querySelector", selector);
  const { node } = await cdp.send("DOM.describeNode", { nodeId, depth: -1, pierce: true });
  const backendNodeId = node.shadowRoots?.[0]?.children?.at(-1)?.backendNodeId ?? 0;
  const { object } = await cdp.send("DOM.resolveNode", { backendNodeId });
  const { result } = await cdp.send("Runtime.callFunctionOn", {
    objectId: object.objectId ?? "",
    returnByValue: true,
    functionDeclaration: FIND_UNDERLINED,
  });
  return result.value as Underlined;
}

/** The underline is where the words are, within a pixel. */
async function expectUnderWords(cdp: CDPSession, what: string): Promise<void> {
  const { mirror, field } = await underlined(cdp);
  expect(mirror.length, what).toBeGreaterThan(0);
  expect(mirror.length, what).toBe(field.length);
  const off = mirror.flatMap((one, i) => {
    const other = field[i] ?? one;
    return (["left", "top", "right", "bottom"] as const).map((edge) =>
      Math.abs(one[edge] - other[edge]),
    );
  });
  expect(Math.max(...off), what).toBeLessThan(1);
}

async function scroll(page: Page, top: number): Promise<number> {
  const field = page.getByRole("textbox", { name: "Prompt", exact: true });
  return field.evaluate(async (element, to) => {
    element.scrollTop = to;
    // The field reports its scrolling in the next frame.
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    return element.scrollTop;
  }, top);
}

test("what the model ignores of a prompt is underlined where it stands, in every script", async ({
  studio: { page },
}) => {
  const cdp = await page.context().newCDPSession(page);
  const field = page.getByRole("textbox", { name: "Prompt", exact: true });
  const note = page.getByText(/the underlined text is ignored/);
  for (const [what, prompt] of Object.entries(PROMPTS)) {
    await field.fill(prompt);
    await expect(note).toBeVisible();
    await expectUnderWords(cdp, what);
  }
  // A prompt longer than the field, at its start, in the middle and at its end.
  await field.fill(PROMPTS["Hebrew below English"].repeat(8));
  await expect(note).toBeVisible();
  for (const top of [0, 111, 100_000]) {
    expect(await scroll(page, top)).toBeGreaterThanOrEqual(Math.min(top, 111));
    await expectUnderWords(cdp, `scrolled to ${top}`);
  }
  // It is still there when the field gets longer, without being scrolled again.
  await field.press("Control+End");
  await field.pressSequentially(" and a blue boat\n\n");
  await expect(field).toHaveValue(/boat\n\n$/);
  await expect(note).toBeVisible();
  await expectUnderWords(cdp, "typed at the end");
  await page.setViewportSize({ width: 390, height: 700 });
  await expectUnderWords(cdp, "on a phone");
});
