import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

export interface ConnectionLimit {
  /** Keeps the connection until the answer is written: for callers who have proved who they are, and nobody else. */
  keepUntilAnswered(socket: Socket, response: ServerResponse): void;
}

/**
 * Holds at most `maxConnections` connections. When one more comes, the one that has waited longest without being
 * answered makes room; only if all of them are kept is the new one turned away. So neither sockets that somebody merely
 * holds open nor calls that are slowly refused can shut out those who may ask.
 */
export function limitConnections(server: Server, maxConnections: number): ConnectionLimit {
  /** In the order in which they last became idle; the value counts answers under way. */
  const underWay = new Map<Socket, number>();

  server.on("connection", (socket: Socket) => {
    if (underWay.size >= maxConnections) {
      const idle = [...underWay].find(([, answers]) => answers === 0)?.[0];
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
  return {
    keepUntilAnswered(socket, response) {
      const before = underWay.get(socket);
      if (before === undefined) return;
      underWay.set(socket, before + 1);
      response.once("close", () => {
        const answers = underWay.get(socket);
        if (answers === undefined) return;
        underWay.delete(socket);
        underWay.set(socket, answers - 1);
      });
    },
  };
}
