import type { Server } from "node:http";
import type { Socket } from "node:net";

/**
 * Holds at most `maxConnections` connections. When one more comes, the one that has waited longest without asking
 * anything makes room; only if all of them are being answered is the new one turned away. So sockets that somebody
 * merely holds open cannot shut out those who ask.
 */
export function limitConnections(server: Server, maxConnections: number): void {
  /** In the order in which they last became idle; the value counts requests under way. */
  const underWay = new Map<Socket, number>();

  server.on("connection", (socket: Socket) => {
    if (underWay.size >= maxConnections) {
      const idle = [...underWay].find(([, requests]) => requests === 0)?.[0];
      if (idle === undefined) {
        socket.destroy();
        return;
      }
      underWay.delete(idle);
      idle.destroy();
    }
    underWay.set(socket, 0);
    socket.once("close", () => underWay.delete(socket));
  });
  server.on("request", ({ socket }, response) => {
    const before = underWay.get(socket);
    if (before === undefined) return;
    underWay.set(socket, before + 1);
    response.once("close", () => {
      const requests = underWay.get(socket);
      if (requests === undefined) return;
      underWay.delete(socket);
      underWay.set(socket, requests - 1);
    });
  });
}
