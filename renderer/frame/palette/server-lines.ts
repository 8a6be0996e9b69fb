import { Server } from "lucide-react";
import { useMemo } from "react";
import { useLocation } from "wouter";
import type { PaletteEntry } from "../../ui/command-palette.tsx";
import { useWords } from "../../words/words.ts";

/** Lines of the Server page's settings, in its order. */
const LINES = [
  "host",
  "port",
  "tls",
  "grpc",
  "openai",
  "a1111",
  "keyRequired",
  "metrics",
  "hostNames",
  "origins",
  "queueLength",
  "limit",
  "preset",
] as const;

/** The lines of the Server page, and its keys; choosing one opens the tab that it is on. */
export function useServerLines(): readonly PaletteEntry[] {
  const t = useWords("palette");
  const server = useWords("server");
  const [, navigate] = useLocation();
  return useMemo(() => {
    const entry = (id: string, name: string, find: string, tab: "settings" | "keys") => ({
      id: `server.${id}`,
      label: t("setting", { name }),
      group: server("title"),
      icon: Server,
      note: server("title"),
      keywords: [find, server("title")],
      run: () => navigate(`/server?show=${tab}`),
    });
    return [
      ...LINES.map((id) => entry(id, server(`settings.${id}`), t(`server.${id}`), "settings")),
      entry("keys", server("tabs.keys"), t("server.keys"), "keys"),
    ];
  }, [t, server, navigate]);
}
