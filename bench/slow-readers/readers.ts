// Sockets that follow the log from its start, never read a byte, and say that they are alive. A process of its own.
import { connect } from "node:net";
import type { Socket } from "node:net";

const [port = "", token = "", count = ""] = process.argv.slice(2);

/** A client's text frame, masked with zeros: the text stands in it as it is. */
function frame(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x81, 0x80 | text.length]), Buffer.alloc(4), Buffer.from(text)]);
}

const head = [
  "GET /v1/link HTTP/1.1",
  `Host: 127.0.0.1:${port}`,
  `Authorization: Bearer ${token}`,
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: MTIzNDU2Nzg5MDEyMzQ1Ng==",
  "Sec-WebSocket-Protocol: kingly.1",
].join("\r\n");
const hello = frame('{"t":"hello","after":"0"}');
const ping = frame('{"t":"ping"}');

async function open(): Promise<Socket> {
  const socket = connect(Number(port), "127.0.0.1");
  socket.on("error", () => {});
  // Not even the answer to the handshake is read.
  socket.pause();
  await new Promise((resolve) => socket.once("connect", resolve).once("error", resolve));
  socket.write(`${head}\r\n\r\n`);
  return socket;
}

const sockets: Socket[] = [];
for (let n = 0; n < Number(count); n += 50) sockets.push(...(await Promise.all(Array.from({ length: 50 }, open))));
// The hello goes out when the server has taken the upgrade: what comes with its head is read too.
await new Promise((resolve) => setTimeout(resolve, 500));
for (const socket of sockets) socket.write(hello);
setInterval(() => {
  for (const socket of sockets) if (!socket.destroyed) socket.write(ping);
}, 1_500);
process.send?.({ ready: true });
