// `npm test` after set-up: everything that `pnpm check` checks, every test included.
await import("./check.mjs");
