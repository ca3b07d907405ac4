// The import table of ARCHITECTURE.md. A folder may import what its row allows, and nothing else of ours.
const daemon = "apps/sync-daemon/src";

/** Modules in `folder` may import, of our own files, only those that match one of `allowed` (and their own folder). */
const row = (name, folder, allowed, comment) => ({
  name,
  severity: "error",
  comment,
  from: { path: `^${folder}`, pathNot: "\\.test\\.ts$|\\.contract\\.ts$|/(examples|test|bench|build)/" },
  to: { path: "^(packages|apps)/", pathNot: [`^${folder}`, ...allowed].join("|") },
});

module.exports = {
  forbidden: [
    row("http-core-knows-nobody", "packages/http-core/", [], "http-core is below everything"),
    {
      name: "providers-know-http-core",
      severity: "error",
      comment: "provider packages never know each other",
      from: { path: "^packages/((?!http-core/)[^/]+)/", pathNot: "\\.test\\.ts$|/(examples|test|bench)/" },
      to: { path: "^(packages|apps)/", pathNot: "^packages/(http-core|$1)/" },
    },
    row("sandbox-knows-nobody", "apps/sandbox/", [], "a sandbox that shares a client's code shares its mistakes"),
    row("domain-knows-itself", `${daemon}/domain/`, [], "decisions touch nothing"),
    row("archive-knows-domain", `${daemon}/archive/`, [`^${daemon}/domain/`], "edges know domain/, never each other"),
    row("library-knows-domain", `${daemon}/library/`, [`^${daemon}/domain/`], "edges know domain/, never each other"),
    row("store-knows-domain", `${daemon}/store/`, [`^${daemon}/domain/`], "edges know domain/, never each other"),
    row(
      "sources-know-providers",
      `${daemon}/sources/`,
      [`^${daemon}/domain/`, "^packages/"],
      "only sources/ names a provider",
    ),
    row(
      "sync-knows-edges",
      `${daemon}/sync/`,
      [`^${daemon}/(domain|archive|library|store)/`],
      "sync/ knows the port, never a source",
    ),
    row(
      "catalog-process-knows-source-and-store",
      `${daemon}/catalog-process/`,
      [`^${daemon}/(domain|sources|store)/`, `^${daemon}/sync/parts\\.ts$`, "^packages/http-core/"],
      "where feeds become a database, in a process of its own",
    ),
    row("api-knows-sync", `${daemon}/api/`, [`^${daemon}/(domain|sync|store)/`], "the API sits on top of sync/"),
    row(
      "diagnosis-looks-at-every-edge",
      `${daemon}/diagnosis/`,
      [`^${daemon}/(domain|config|library|programs|sources|store)/`, "^packages/http-core/"],
      "what doctor looks with: every edge, none of the verbs of sync/",
    ),
    row("programs-know-nobody", `${daemon}/programs/`, [], "the one place that starts programs which are not ours"),
    row(
      "service-knows-domain",
      `${daemon}/service/`,
      [`^${daemon}/(domain|programs)/`],
      "where the system's own programs are asked to start ours",
    ),
    row("config-knows-domain", `${daemon}/config/`, [`^${daemon}/domain/`], "the configuration is data"),
    {
      name: "cli-knows-the-contract",
      severity: "error",
      comment:
        "the command line is a caller of the API; only serve.ts starts a daemon, doctor.ts looks at the edges, and open starts a browser",
      from: { path: `^${daemon}/cli/`, pathNot: "\\.test\\.ts$|/serve\\.ts$" },
      to: {
        path: `^${daemon}/`,
        pathNot: `^${daemon}/(cli|domain|config|diagnosis|programs|service)/|^${daemon}/api/contract/|^${daemon}/(log|log-scrubber)\\.ts$`,
      },
    },
    row(
      "console-knows-the-contract",
      "apps/console/src/",
      [`^${daemon}/api/contract/`],
      "the page is a caller of the API and nothing else",
    ),
    {
      name: "daemon-is-started-by-serve",
      severity: "error",
      comment: "daemon.ts joins all parts; cli/serve.ts and tests start it",
      from: { pathNot: `^${daemon}/cli/serve\\.ts$|\\.test\\.ts$|^apps/sync-daemon/(test|bench)/` },
      to: { path: `^${daemon}/daemon\\.ts$` },
    },
    {
      name: "no-circles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "no-undeclared-packages",
      severity: "error",
      comment: "what is imported stands in the package's own package.json",
      from: { path: "^(packages|apps)/" },
      to: { path: "node_modules", dependencyTypes: ["npm-no-pkg", "npm-unknown"] },
    },
    {
      name: "product-code-needs-no-dev-packages",
      severity: "error",
      comment:
        "3dverse and the daemon are published as bundles (docs/decisions/0027, 0057); their build/bundle.ts say what may be in them. The console is built into the daemon's package as files for browsers",
      from: {
        path: "^(packages|apps)/[^/]+/src/",
        pathNot:
          "\\.test\\.ts$|\\.contract\\.ts$|/testing/|/__fixtures__/|^packages/3dverse/|^apps/(console|sync-daemon)/",
      },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"], pathNot: "node_modules/@types/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(packages|apps)/[^/]+/dist/|^apps/sync-daemon/console/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.base.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["@org/source", "import", "node", "default"],
      extensions: [".ts", ".tsx", ".mjs", ".js"],
    },
  },
};
