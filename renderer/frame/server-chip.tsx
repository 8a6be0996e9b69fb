import { useQuery } from "@tanstack/react-query";
import { CircleAlert, Server } from "lucide-react";
import { useLocation } from "wouter";
import { useStudio } from "../connection/studio.tsx";
import { useEachSecond } from "../ui/use-each-second.ts";
import { useWords } from "../words/words.ts";
import { Chip } from "./chip.tsx";

/** Whether other programs can ask for pictures here; silent where the server is stopped. */
export function ServerChip() {
  const t = useWords("frame");
  const { queries } = useStudio();
  const [, navigate] = useLocation();
  const server = useQuery(queries.server.get.queryOptions()).data;
  const waiting = useEachSecond(server?.waiting ?? 0);
  if (server === undefined || server.state === "stopped") return null;
  const isRunning = server.state === "running";
  const port = URL.parse(server.origin ?? "")?.port ?? server.settings.port;
  const words = isRunning ? t("serving.on", { port }) : t("serving.failed");
  return (
    <Chip icon={isRunning ? Server : CircleAlert} isMinor onPress={() => navigate("/server")}>
      {waiting > 0 ? `${words} · ${t("serving.waiting", { count: waiting })}` : words}
    </Chip>
  );
}
