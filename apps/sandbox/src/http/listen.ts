import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { InvalidInputError } from "../parse-strictly.ts";

/** Starts listening on 127.0.0.1 and gives the origin; port 0 takes a free one. A port in use throws one sentence. */
export async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const inUse = error.code === "EADDRINUSE";
      reject(
        inUse ? new InvalidInputError(`Port ${port} on 127.0.0.1 is in use; choose another one with --port.`) : error,
      );
    });
    server.listen(port, "127.0.0.1", resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Ends the server with every connection, also those in the middle of an answer. */
export async function stopListening(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
