/** What is needed of an MCP client: the `Client` of `@modelcontextprotocol/sdk` (v1) and of
 * `@modelcontextprotocol/client` (v2) both have it. Structural: neither is imported. */
export interface ClientLike {
  request(
    request: { readonly method: string; readonly params?: Readonly<Record<string, unknown>> },
    schema: never,
    options?: ClientRequestOptions,
  ): Promise<unknown>;
}

/** The options of a request that both clients know. */
export interface ClientRequestOptions {
  readonly signal?: AbortSignal;
  readonly timeout?: number;
  readonly maxTotalTimeout?: number;
  readonly resetTimeoutOnProgress?: boolean;
  readonly onprogress?: (progress: {
    readonly progress: number;
    readonly total?: number | undefined;
    readonly message?: string | undefined;
  }) => void;
}
