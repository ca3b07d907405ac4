// Run as a child process that is killed at some system call: stages a new version and commits it over the old one.
import { readManifests } from "../read-manifests.ts";
import { openLibrary } from "../open-library.ts";
import { createManifest, install, newChairFiles } from "./install.ts";

const [, , folder = "", id = ""] = process.argv;
const library = await openLibrary({ folder, assetType: "model", source: "imeshh", expectedId: id });
const { assets } = await readManifests({ library, signal: new AbortController().signal });
const { revision } = createManifest(newChairFiles, { revision: "2" });
process.stdout.write("begins\n");
await install(library, newChairFiles, { manifest: { revision }, replaces: assets[0] ?? null });
process.stdout.write("done\n");
