import { useEffect, useState } from "react";

const REST_MS = 1000;

/**
 * Looks at a value at most once a second, so that a number can be read before it changes. State follows it while
 * rendering: an update in an effect, again and again, is a loop to React.
 */
export function useEachSecond<Value>(value: Value): Value {
  const [shown, setShown] = useState(value);
  const [isResting, setIsResting] = useState(false);
  if (!isResting && !Object.is(shown, value)) {
    setShown(value);
    setIsResting(true);
  }
  // A new value that is shown as one rest ends begins another.
  useEffect(() => {
    if (!isResting) return;
    const timer = setTimeout(() => setIsResting(false), REST_MS);
    return () => clearTimeout(timer);
  }, [isResting, shown]);
  return shown;
}
