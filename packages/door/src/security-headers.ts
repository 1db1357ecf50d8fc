import type { DoorHeaders } from "./route.ts";

/** Makes the headers of every answer; `extra` wins over them, whatever the case of its names. [D15] */
export function securityHeaders(
  hosts: readonly string[],
  extra: DoorHeaders = {},
): ReadonlyMap<string, string | readonly string[]> {
  const sockets = hosts.map((host) => `ws://${host}`).join(" ");
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src 'self' ${sockets}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  const headers = new Map<string, string | readonly string[]>([
    ["content-security-policy", policy.join("; ")],
    ["x-content-type-options", "nosniff"],
    ["referrer-policy", "no-referrer"],
    ["cross-origin-resource-policy", "same-origin"],
    ["cross-origin-opener-policy", "same-origin"],
    ["cache-control", "no-store"],
  ]);
  for (const [name, value] of Object.entries(extra)) headers.set(name.toLowerCase(), value);
  return headers;
}
