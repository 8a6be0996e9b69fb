import { useEffect, useState } from "react";

const REST_MS = 1000;

/**
 * Follows a value at most once a second, so that a number can be read before it changes. State is set during render,
 * since React treats repeated updates in an effect as a loop.
 */
export function useEachSecond<Value>(value: Value): Value {
  const [shown, setShown] = useState(value);
  const [isResting, setIsResting] = useState(false);
  if (!isResting && !Object.is(shown, value)) {
    setShown(value);
    setIsResting(true);
  }
  // A value that changes when the second ends starts another second.
  useEffect(() => {
    if (!isResting) return;
    const timer = setTimeout(() => setIsResting(false), REST_MS);
    return () => clearTimeout(timer);
  }, [isResting, shown]);
  return shown;
}
