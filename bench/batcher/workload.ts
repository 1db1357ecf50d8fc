import type { Operation } from "@kingly/mcp-batcher";

/** Makes `count` operations on three servers, the same for every side: of twenty, eight sums and echoes of few different
 * arguments, seven reads of ten files, three new entities, two looks at all entities. */
export function createWorkload(count: number, folder: string): readonly Operation[] {
  return Array.from({ length: count }, (_, index) => operationOf(index, folder));
}

/** How many of them create an entity. */
export function countCreates(operations: readonly Operation[]): number {
  return operations.filter(({ tool }) => tool === "create_entities").length;
}

function operationOf(index: number, folder: string): Operation {
  const place = index % 20;
  if (place < 4) {
    return { server: "everything", tool: "get-sum", args: { a: index % 7, b: 1 }, kind: "read" };
  }
  if (place < 8) {
    return { server: "everything", tool: "echo", args: { message: `message ${index % 11}` }, kind: "read" };
  }
  if (place < 15) {
    return {
      server: "files",
      tool: "read_text_file",
      args: { path: `${folder}/note-${index % 10}.txt` },
      kind: "read",
    };
  }
  if (place < 18) {
    const entities = [{ name: `entity ${index}`, entityType: "bench", observations: [] }];
    return { server: "memory", tool: "create_entities", args: { entities }, kind: "write" };
  }
  return { server: "memory", tool: "read_graph", args: {}, kind: "read" };
}
