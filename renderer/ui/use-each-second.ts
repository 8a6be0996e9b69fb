import { useEffect, useState } from "react";

/** Looks at a value at most once a second, so that a number can be read before it changes. */
export function useEachSecond<Value>(value: Value): Value {
  const [shown, setShown] = useState(value);
  const [isResting, setIsResting] = useState(false);
  useEffect(() => {
    if (isResting || Object.is(shown, value)) return;
    setShown(value);
    setIsResting(true);
  }, [value, shown, isResting]);
  useEffect(() => {
    if (!isResting) return;
    const timer = setTimeout(() => setIsResting(false), 1000);
    return () => clearTimeout(timer);
  }, [isResting]);
  return shown;
}
