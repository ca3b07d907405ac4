// One of several processes of an account: lists its projects so many times. Started by processes.test.ts.
import { createFileTokenStore, createKaedim } from "../src/index.ts";

const [origin = "", devId = "", apiKey = "", refreshToken = "", path = ""] = process.argv.slice(2);
const kaedim = createKaedim({
  devId,
  apiKey,
  refreshToken,
  origin,
  tokenStore: createFileTokenStore({ path }),
  http: { proxy: "none" },
});
for (let call = 0; call < 5; call += 1) await kaedim.fetchProjects();
process.stdout.write("done\n");
