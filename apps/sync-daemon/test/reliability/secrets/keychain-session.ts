import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A desktop session without a desktop: a bus and a keychain of its own, in a folder of its own. */
export interface KeychainSession {
  /** What a command needs to find this session's keychain, and no other. */
  readonly env: Record<string, string>;
  end(): Promise<void>;
}

/** Why there can be no such session here; null where it can. */
export function whyNoKeychainSession(): string | null {
  if (process.platform !== "linux") return "gnome-keyring runs on Linux only";
  for (const program of ["dbus-run-session", "gnome-keyring-daemon"]) {
    try {
      execFileSync("/usr/bin/which", [program], { stdio: "ignore" });
    } catch {
      return `${program} is not installed`;
    }
  }
  return null;
}

/** The folder of a person: what one session leaves in the keychain, the next one finds. Removed when the test ends. */
export async function makePerson(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "asset-sync-keychain-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * `prompt: "hangs"`: whoever asks the person to unlock the keychain waits for ever, as on a desktop where nobody sits.
 * `prompt: "fails"`: there is no screen to ask on.
 */
export async function startKeychainSession(options: {
  person: string;
  state: "unlocked" | "locked";
  prompt?: "hangs" | "fails";
}): Promise<KeychainSession> {
  const { person, state } = options;
  const run = join(person, "run");
  const services = join(person, "services");
  await mkdir(run, { recursive: true, mode: 0o700 });
  await mkdir(services, { recursive: true });
  const prompterId = join(person, "prompter.pid");
  const prompter = join(person, "prompter.sh");
  const action = options.prompt === "hangs" ? `echo $$ >> ${prompterId}; exec sleep 120` : "exit 1";
  await writeFile(prompter, `#!/bin/sh\n${action}\n`, { mode: 0o755 });
  await writeFile(
    join(services, "org.gnome.keyring.SystemPrompter.service"),
    `[D-BUS Service]\nName=org.gnome.keyring.SystemPrompter\nExec=${prompter}\n`,
  );

  // Nothing that is installed on this machine starts by itself on this bus.
  const busConfig = join(person, "bus.conf");
  await writeFile(
    busConfig,
    `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:dir=${run}</listen><servicedir>${services}</servicedir>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>\n`,
  );

  const keyring = "gnome-keyring-daemon --foreground --components=secrets";
  const unlock = state === "unlocked" ? `printf login-password | ${keyring} --unlock` : keyring;
  // Waits until the keychain has its name on the bus, tells the bus's address, and lasts as long as its input.
  const script = `${unlock} >/dev/null 2>&1 &
    until dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.GetNameOwner string:org.freedesktop.secrets >/dev/null 2>&1; do sleep 0.05; done
    echo "$DBUS_SESSION_BUS_ADDRESS"; cat >/dev/null; kill %1`;
  const env = { PATH: "/usr/bin:/bin", HOME: person, XDG_RUNTIME_DIR: run };
  const session = spawn("dbus-run-session", ["--config-file", busConfig, "--", "/bin/sh", "-c", script], {
    env,
    stdio: ["pipe", "pipe", "ignore"],
    detached: true,
  });
  const end = async () => {
    endPrompters(prompterId);
    await endGroup(session);
  };
  onTestFinished(end);
  const address = await new Promise<string>((resolve, reject) => {
    let said = "";
    session.stdout?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (said.includes("\n")) resolve(said.trim());
    });
    session.once("error", reject);
    session.once("close", (code) => reject(new Error(`The keychain's session ended with ${code} before it began.`)));
  });
  return { env: { ...env, PATH: process.env.PATH ?? "", DBUS_SESSION_BUS_ADDRESS: address }, end };
}

/** How often somebody was asked to unlock the keychain. */
export function countPrompts(person: string): number {
  const file = join(person, "prompter.pid");
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").length : 0;
}

function endPrompters(file: string): void {
  if (!existsSync(file)) return;
  for (const pid of readFileSync(file, "utf8").trim().split("\n")) {
    try {
      process.kill(Number(pid), "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
}

async function endGroup(session: ChildProcess): Promise<void> {
  if (session.exitCode !== null || session.signalCode !== null || session.pid === undefined) return;
  const closed = new Promise((resolve) => session.once("close", resolve));
  process.kill(-session.pid, "SIGKILL");
  await closed;
}
