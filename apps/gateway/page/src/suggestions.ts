/** Things to say, for somebody who sees Kingly for the first time. */
export const suggestions: readonly string[] = [
  "Create auth system",
  "Build complete app",
  "Plan project MyApp for web and mobile",
  "Remember that I prefer dark mode",
  "What did we discuss?",
];
