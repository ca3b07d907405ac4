import process from "node:process";
import { text } from "node:stream/consumers";
import type { KeychainReply, KeychainTask } from "./keychain.ts";

// A process of its own: a locked keychain may wait for a prompt inside the native call, and only a process can be ended
// then, whatever it hangs in. The task comes over standard input, because arguments and environments can be seen.

const service = "asset-sync";

async function carryOut(task: KeychainTask): Promise<KeychainReply> {
  try {
    const { Entry } = await import("@napi-rs/keyring");
    // Never the kernel's keyring, which Linux would fall back to: it forgets everything at the next restart.
    const entry = new Entry(service, task.account, { linux: { store: "secret-service" } });
    switch (task.action) {
      case "read":
        return { done: true, password: entry.getPassword() };
      case "store":
        entry.setPassword(task.password);
        return { done: true, password: null };
      case "delete":
        entry.deleteCredential();
        return { done: true, password: null };
    }
  } catch (error) {
    return { done: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

process.stdout.write(JSON.stringify(await carryOut(JSON.parse(await text(process.stdin)))));
