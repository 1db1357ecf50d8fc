// The public API of @kingly/link/node: sockets and streams of Node for the link.
export { connectWebSocket } from "./connect-web-socket.ts";
export type { ConnectWebSocketOptions } from "./connect-web-socket.ts";
export { createHttpSockets } from "./http-sockets.ts";
export type { HttpSockets } from "./http-sockets.ts";
export { responseToSink } from "./response-to-sink.ts";
export { createWebSocketAcceptor } from "./web-socket-acceptor.ts";
export type { WebSocketAcceptor, WebSocketAcceptorOptions } from "./web-socket-acceptor.ts";
