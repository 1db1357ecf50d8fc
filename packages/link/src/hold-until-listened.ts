import type { SocketListener } from "./socket.ts";

/** Passes on what a transport tells, and keeps it until somebody listens: between the opening of a socket and its
 * listener lies a turn in which frames may arrive. After `onClose` nothing is passed on. */
export function holdUntilListened(): SocketListener & { readonly listen: (listener: SocketListener) => void } {
  let target: SocketListener | undefined;
  let closed = false;
  const kept: ((listener: SocketListener) => void)[] = [];
  const pass = (tell: (listener: SocketListener) => void): void => {
    if (closed) return;
    if (target) tell(target);
    else kept.push(tell);
  };
  return {
    listen(listener) {
      for (const tell of kept) tell(listener);
      target = listener;
    },
    onMessage: (text) => pass((listener) => listener.onMessage(text)),
    onDrain: () => pass((listener) => listener.onDrain()),
    onAlive: () => pass((listener) => listener.onAlive()),
    onClose(code, reason) {
      pass((listener) => listener.onClose(code, reason));
      closed = true;
    },
  };
}
