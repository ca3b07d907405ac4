import { once } from "node:events";
import { createServer } from "node:net";

/** Takes the port for a moment and lets go of it again. */
export async function tryPort(host: string, port: number): Promise<"nobody" | "another" | { problem: string }> {
  const server = createServer();
  try {
    server.listen({ host, port, exclusive: true });
    await once(server, "listening");
    return "nobody";
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === "EADDRINUSE" ? "another" : { problem: message };
  } finally {
    server.close();
  }
}
