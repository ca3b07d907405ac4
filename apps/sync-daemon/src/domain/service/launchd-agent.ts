import { escapeXml } from "./escape-xml.ts";
import { listServiceArguments, restartLimits, type ServiceCommand, serviceMarker } from "./service-command.ts";

/** launchd knows its agents by such names. */
export const launchdLabel = "asset-sync.daemon";

/** A property list (launchd.plist(5)). `logFile` takes what the daemon says before its own log is open. */
export function formatLaunchdAgent(command: ServiceCommand, logFile: string): string {
  const words = [command.node, ...listServiceArguments(command)];
  const text = (value: string) => `<string>${escapeXml(value)}</string>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- ${serviceMarker} -->
<plist version="1.0">
<dict>
  <key>Label</key>${text(launchdLabel)}
  <key>ProgramArguments</key>
  <array>
${words.map((word) => `    ${text(word)}`).join("\n")}
  </array>
  <key>RunAtLoad</key><true/>
  <key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>
  <key>ThrottleInterval</key><integer>${restartLimits.withinSeconds / restartLimits.times}</integer>
  <key>ProcessType</key><string>Background</string>
  <key>StandardErrorPath</key>${text(logFile)}
</dict>
</plist>
`;
}
