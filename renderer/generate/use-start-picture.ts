import { useCallback } from "react";
import { useStudio } from "../connection/studio.tsx";
import { changeForm } from "../state/form.ts";
import { attempt } from "../ui/toasts.ts";

/** Uses a picture file as the start image. */
export function useStartPicture(): (file: File) => void {
  const { client } = useStudio();
  return useCallback(
    (file: File) => {
      const add = async () =>
        changeForm({ initImage: await client.generation.addInitImage({ file }) });
      attempt(add());
    },
    [client],
  );
}
