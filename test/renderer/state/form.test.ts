import { beforeEach, describe, expect, test } from "vitest";
import { StudioError } from "../../../engine/contract/errors.ts";
import { ConnectionLost } from "../../../renderer/connection/failure.ts";
import { fieldsOf, readForm } from "../../../renderer/state/form-keeping.ts";
import {
  changeForm,
  RECALLED,
  recallRecord,
  recallStart,
  snapSide,
  useForm,
} from "../../../renderer/state/form.ts";

beforeEach(() => useForm.setState(useForm.getInitialState(), true));

describe("the saved form", () => {
  const stored = { prompt: "a blue boat", steps: 2, initImageId: "one" };
  const image = { id: "one", width: 64, height: 64, address: "" };
  const generation = { getInitImage: async () => image };

  test("is filled in with its start image", async () => {
    await readForm({ settings: { readForm: async () => stored }, generation });
    expect(useForm.getState()).toMatchObject({
      prompt: "a blue boat",
      steps: 2,
      initImage: { id: "one" },
      isLoaded: true,
    });
  });

  test("keeps what was typed before it arrived", async () => {
    const { promise, resolve } = Promise.withResolvers<typeof stored>();
    const read = readForm({ settings: { readForm: () => promise }, generation });
    changeForm({ prompt: "a yellow star" });
    resolve(stored);
    await read;
    expect(useForm.getState()).toMatchObject({ prompt: "a yellow star", steps: 2, isLoaded: true });
  });

  test("is not taken for an empty one if it could not be read", async () => {
    const readOnce = async () => Promise.reject(new Error("the studio is starting"));
    await expect(readForm({ settings: { readForm: readOnce }, generation })).rejects.toThrow(
      "starting",
    );
    expect(useForm.getState().isLoaded).toBe(false);
    changeForm({ prompt: "a yellow star" });
    await readForm({ settings: { readForm: async () => stored }, generation });
    expect(useForm.getState()).toMatchObject({ prompt: "a yellow star", steps: 2, isLoaded: true });
  });

  test("is read again with its start image if the studio stops answering in between", async () => {
    const settings = { readForm: async () => stored };
    const lost = { getInitImage: () => Promise.reject(new ConnectionLost()) };
    await expect(readForm({ settings, generation: lost })).rejects.toThrow(ConnectionLost);
    expect(useForm.getState().isLoaded).toBe(false);
    await readForm({ settings, generation });
    expect(useForm.getState()).toMatchObject({ initImage: { id: "one" }, isLoaded: true });
  });

  test("has no start image if that is gone", async () => {
    const gone = {
      getInitImage: () =>
        Promise.reject(new StudioError("NOT_FOUND", { what: "start image", id: "one" })),
    };
    await readForm({ settings: { readForm: async () => stored }, generation: gone });
    expect(useForm.getState()).toMatchObject({ initImage: undefined, isLoaded: true });
  });

  test("keeps what was typed before it was requested", async () => {
    changeForm({ prompt: "a yellow star" });
    await readForm({ settings: { readForm: async () => stored }, generation });
    expect(useForm.getState()).toMatchObject({ prompt: "a yellow star", steps: 2, isLoaded: true });
  });
});

describe("recalling a picture's settings", () => {
  const record = {
    prompt: "a fish",
    steps: 20,
    seed: "7",
    width: 770,
    height: 4000,
    guidanceScale: -1,
  };

  test("applies what it contains, within our limits, and keeps the rest", () => {
    useForm.setState({ negativePrompt: "blurry", count: 4 });
    recallRecord(record);
    expect(useForm.getState()).toMatchObject({
      prompt: "a fish",
      negativePrompt: "",
      count: 4,
      steps: 20,
      seed: "7",
      width: 768,
      height: 2048,
      guidanceScale: 0,
      isPresetChosen: true,
    });
  });

  test("replaces what the picture clearly lacks: the old seed and other values of the old picture", () => {
    const initImage = { id: "one", width: 64, height: 64, address: "" };
    const old = {
      seed: "12",
      negativePrompt: "blurry",
      guidanceScale: 3,
      precision: "int8",
    } as const;
    useForm.setState({ ...old, initImage, count: 4 });
    recallRecord({ prompt: "a fish", steps: 20 });
    expect(useForm.getState()).toMatchObject({ prompt: "a fish", seed: "", negativePrompt: "" });
    expect(useForm.getState()).toMatchObject({ count: 4, steps: 20 });
    const { guidanceScale, precision, initImage: start } = useForm.getState();
    expect([guidanceScale, precision, start]).toEqual([undefined, undefined, undefined]);
  });

  test("uses the picture's start image, in the same way", async () => {
    const initImage = { id: "one", width: 64, height: 64, address: "" };
    const generation = { getInitImage: async () => initImage };
    const started = { prompt: "a fish", steps: 20, strength: 0.5, initImageId: "one" };
    recallRecord(started);
    expect(await recallStart({ generation }, started)).toBe(true);
    expect(useForm.getState()).toMatchObject({ initImage, strength: 0.5, resizeMode: "default" });
    expect(await recallStart({ generation }, { ...started, resizeMode: "fill" })).toBe(true);
    expect(useForm.getState()).toMatchObject({ resizeMode: "fill" });
  });

  test("uses none if the start image is not kept any more, and says so", async () => {
    const other = { id: "two", width: 64, height: 64, address: "" };
    useForm.setState({ initImage: other });
    const generation = { getInitImage: () => Promise.reject(new Error("gone")) };
    const started = { strength: 0.5, initImageId: "one" };
    expect(await recallStart({ generation }, started)).toBe(false);
    expect(useForm.getState().initImage).toBeUndefined();
    useForm.setState({ initImage: other });
    expect(await recallStart({ generation }, { prompt: "drawn from noise" })).toBe(true);
    expect(useForm.getState().initImage).toEqual(other);
  });

  test("keeps the seed when it applies everything but that", () => {
    useForm.setState({ seed: "12", negativePrompt: "blurry" });
    recallRecord({ prompt: "a fish" }, ["prompt"]);
    expect(useForm.getState()).toMatchObject({ seed: "12", negativePrompt: "blurry" });
  });

  test("applies only the requested fields", () => {
    recallRecord(
      record,
      RECALLED.filter((name) => name !== "seed"),
    );
    expect(useForm.getState().seed).toBe("");
    recallRecord({ seed: "9" }, ["seed"]);
    expect(useForm.getState()).toMatchObject({ seed: "9", prompt: "a fish" });
  });

  test("restores int8, and any other precision as the device's default", () => {
    recallRecord({ precision: "int8" });
    expect(useForm.getState().precision).toBe("int8");
    recallRecord({ seed: "1" });
    expect(useForm.getState().precision).toBe("int8");
    recallRecord({ precision: "float16" });
    expect(useForm.getState().precision).toBeUndefined();
  });

  test("restores the model's own scheduler if a whole record names none", () => {
    useForm.setState({ scheduler: "euler" });
    recallRecord({ steps: 20 });
    recallRecord(record, ["prompt", "steps"]);
    expect(useForm.getState().scheduler).toBe("euler");
    recallRecord(record);
    expect(useForm.getState().scheduler).toBeUndefined();
  });

  test("restores an interval of guidance, and all steps if a whole record has none", () => {
    recallRecord({ guidanceInterval: [0, 0.8] });
    expect(useForm.getState().guidanceInterval).toEqual([0, 0.8]);
    recallRecord({ steps: 20 });
    expect(useForm.getState().guidanceInterval).toEqual([0, 0.8]);
    recallRecord(record);
    expect(useForm.getState().guidanceInterval).toBeUndefined();
  });

  test("restores which steps are full, and all if a whole record has none", () => {
    recallRecord({ cacheInterval: 2 });
    expect(useForm.getState().cacheInterval).toBe(2);
    recallRecord(record);
    expect(useForm.getState().cacheInterval).toBeUndefined();
  });

  test("cuts a prompt that is too long", () => {
    recallRecord({ prompt: "x".repeat(20_000) });
    expect(useForm.getState().prompt).toHaveLength(10_000);
  });
});

test("a side snaps to its grid within the limits", () => {
  expect([1, 100, 500, 9999].map((side) => snapSide(side, 64))).toEqual([64, 128, 512, 2048]);
});

test("a saved form is checked field by field", () => {
  const sound = { prompt: "a", seed: "12", steps: 30, isPresetChosen: true, scheduler: "ddim" };
  const unsound = {
    negativePrompt: 5,
    width: "wide",
    height: -1,
    count: null,
    strength: "",
    later: 1,
  };
  expect(fieldsOf({ ...sound, ...unsound })).toEqual(sound);
  expect(fieldsOf({ seed: "12a", scheduler: "magic", guidanceScale: -1 })).toEqual({});
  expect(fieldsOf({ guidanceScale: 0 })).toEqual({ guidanceScale: 0 });
  expect(fieldsOf({ guidanceInterval: [0.8, 0.2] })).toEqual({});
  expect(fieldsOf({ cacheInterval: 40 })).toEqual({});
  expect(fieldsOf({ cacheInterval: 3 })).toEqual({ cacheInterval: 3 });
  expect(fieldsOf({ guidanceInterval: [0, 0.5] })).toEqual({ guidanceInterval: [0, 0.5] });
});
