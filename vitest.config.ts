import { defineConfig } from "vitest/config";

// Apps that are started look for no model of this machine or of this environment.
const env = { KINGLY_MODELS: "off" };

/** `unit` runs everywhere and needs nothing; `e2e` starts both apps and a real browser. */
export default defineConfig({
  test: {
    // Left alone, two cores would get one worker; most of our waiting is for processes and disks.
    maxWorkers: "100%",
    projects: [
      {
        test: {
          name: "unit",
          include: ["packages/*/test/**/*.test.ts", "apps/*/test/**/*.test.ts", "tools/**/*.test.ts"],
          testTimeout: 20_000,
          env,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["e2e/**/*.e2e.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          env,
        },
      },
    ],
  },
});
