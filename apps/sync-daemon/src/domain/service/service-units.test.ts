import { describe, expect, it } from "vitest";
import { escapeXml } from "./escape-xml.ts";
import { formatLaunchdAgent } from "./launchd-agent.ts";
import { isOurUnit, type ServiceCommand } from "./service-command.ts";
import { formatSystemdUnit } from "./systemd-unit.ts";
import { formatWindowsTask } from "./windows-task.ts";

const plain: ServiceCommand = { node: "/opt/node", script: "/opt/asset-sync.mjs", home: null };
const odd: ServiceCommand = { node: "/a b/node", script: '/50%/$HOME/q"x/s.mjs', home: "/h & <m>\\" };

describe("a systemd unit", () => {
  it("runs this Node with absolute words, and is started again on failure, within limits", () => {
    expect(formatSystemdUnit(plain)).toBe(`# Made by asset-sync: its command service uninstall removes it.
[Unit]
Description=asset-sync keeps a Blender asset library current
Documentation=man:asset-sync(1)
StartLimitIntervalSec=600
StartLimitBurst=5

[Service]
Type=exec
ExecStart="/opt/node" "/opt/asset-sync.mjs" "serve"
Restart=on-failure
RestartSec=10
# What a person has to mend first: starting again would not help.
RestartPreventExitStatus=2 3 7
NoNewPrivileges=yes

[Install]
WantedBy=default.target
`);
  });
  it("names odd paths so that systemd reads them back, and refuses a line break", () => {
    expect(formatSystemdUnit(odd)).toContain(
      '\nExecStart="/a b/node" "/50%%/$$HOME/q\\"x/s.mjs" "serve" "--home" "/h & <m>\\\\"\n',
    );
    expect(() => formatSystemdUnit({ ...plain, home: "/a\nExecStartPre=/bin/evil" })).toThrow("cannot name");
  });
});

describe("a launchd agent", () => {
  it("lists each word by itself", () => {
    const text = formatLaunchdAgent(odd, "/logs/x.log");
    expect(text).toContain(`    <string>/a b/node</string>
    <string>/50%/$HOME/q&quot;x/s.mjs</string>
    <string>serve</string>
    <string>--home</string>
    <string>/h &amp; &lt;m&gt;\\</string>
  </array>`);
    expect(text).toContain("<key>ThrottleInterval</key><integer>120</integer>");
    expect(text).toContain("<key>StandardErrorPath</key><string>/logs/x.log</string>");
  });
});

describe("a Windows task", () => {
  it("starts when the person signs in, with their own rights, and quotes as Windows takes apart", () => {
    const windows = { node: "C:\\Node js\\node.exe", script: "C:\\a b\\s.mjs", home: 'C:\\h"x\\' };
    const text = formatWindowsTask(windows, "PC\\Ann & Bo");
    expect(text).toContain("<LogonTrigger><UserId>PC\\Ann &amp; Bo</UserId></LogonTrigger>");
    expect(text).toContain("<RunLevel>LeastPrivilege</RunLevel>");
    expect(text).toContain("<Command>C:\\Node js\\node.exe</Command>");
    expect(text).toContain(
      "<Arguments>&quot;C:\\a b\\s.mjs&quot; &quot;serve&quot; &quot;--home&quot; &quot;C:\\h\\&quot;x\\\\&quot;</Arguments>",
    );
  });
});

it("every unit says whose it is, and nothing else is ours", () => {
  for (const text of [formatSystemdUnit(plain), formatLaunchdAgent(plain, "/l"), formatWindowsTask(plain, "a")])
    expect(isOurUnit(text)).toBe(true);
  expect(isOurUnit("[Service]\nExecStart=asset-sync serve\n")).toBe(false);
});

it("XML holds no control characters", () => {
  expect(() => escapeXml("a\u0001")).toThrow(RangeError);
  expect(() => escapeXml("\ud800")).toThrow(RangeError);
});
