// Reserves one spend after the other and prints each id once `reserve` has returned. Ends only when it is killed.
import { writeSync } from "node:fs";
import { openStore } from "../open-store.ts";
import { planFor, reserveFor } from "./temporary-home.ts";

const [folder = ""] = process.argv.slice(2);
const store = openStore({ folder, now: Date.now });
const first = store.spends.list({ limit: 1_000_000 }).length;
for (let productId = first + 1; ; productId += 1) {
  const row = planFor(store, productId);
  const spend = reserveFor(store, row);
  if (productId % 2 === 0) {
    const link = { url: `https://r2.example/${productId}.zip`, expiresAtMs: null };
    store.recordLink({ spendId: spend.id, downloadRowId: row.id, link, evidence: "A link came." });
  }
  // Not through a stream: what is printed must be what happened before the kill.
  writeSync(1, `${spend.id} ${productId % 2 === 0 ? "confirmed" : "reserved"}\n`);
}
