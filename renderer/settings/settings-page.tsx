/** The Settings page. */
export function SettingsPage() {
  return null;
}
