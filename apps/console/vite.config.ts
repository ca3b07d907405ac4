import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// Built into the daemon's own folder: it serves the files, and its package carries them.
export default defineConfig({
  plugins: [react()],
  resolve: { conditions: ["@org/source", "module", "browser", "production", "import", "default"] },
  build: {
    outDir: "../sync-daemon/console",
    emptyOutDir: true,
    // The page's rules about content allow no data: addresses but for pictures.
    assetsInlineLimit: 0,
    target: "es2023",
    // Checked by a test: nothing may grow without being noticed.
    chunkSizeWarningLimit: 900,
  },
});
