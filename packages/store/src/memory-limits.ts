/** How much working memory there is, and what is significant. */
export interface MemoryLimits {
  readonly maxWorkingMemories: number;
  readonly workingMemoryMs: number;
  readonly semanticAbove: number;
}
