import { defineConfig } from "vite";

/** Builds the page into `apps/gateway/dist/page`. Nothing is inlined: the page's policy allows only its own files. */
export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../dist/page",
    emptyOutDir: true,
    target: "es2023",
    assetsInlineLimit: 0,
    modulePreload: false,
    reportCompressedSize: true,
  },
});
