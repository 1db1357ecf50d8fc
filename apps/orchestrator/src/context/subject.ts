import type { Entity, Memory, Project, Run, Task } from "@kingly/store";
import type { Definition } from "@kingly/workflow";

/** What a context id means. `words` are what is looked for beside the thing itself. */
export type Subject = { readonly words: string } & (
  | { readonly kind: "conversation"; readonly day: string; readonly fromMs: number; readonly toMs: number }
  | { readonly kind: "task"; readonly task: Task }
  | { readonly kind: "run"; readonly run: Run }
  | { readonly kind: "workflow"; readonly definition: Definition }
  | { readonly kind: "project"; readonly project: Project }
  | { readonly kind: "memory"; readonly memory: Memory }
  | { readonly kind: "entity"; readonly entity: Entity }
  | { readonly kind: "words" }
);
