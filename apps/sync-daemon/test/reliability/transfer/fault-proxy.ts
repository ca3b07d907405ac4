import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Where an answer is touched, counted in bytes on the wire; told once the answer is known. */
export type Place = (answer: { headBytes: number; wireBytes: number }) => number;

/** What happens to the next answers for one path. */
export interface Rule {
  /** A part of the request's target. */
  readonly path: string;
  /** How many answers it takes; 1 unless told. */
  readonly times?: number;
  /** How many matching requests pass unharmed first. */
  readonly skip?: number;
  readonly cut?: { readonly at: Place; readonly how: "fin" | "rst" | "hang" };
  /** Turns over every bit of one byte. */
  readonly corrupt?: Place;
  /** Puts other bytes in place of the answer's head, the empty line included. */
  readonly head?: (head: string) => string;
  /** Puts other bytes in place of what follows the head. */
  readonly body?: (body: Buffer) => Buffer;
  readonly bytesPerSecond?: number;
  /** Resets the connection instead of asking the far side. */
  readonly refuse?: boolean;
}

/** One request as the proxy saw it. */
export interface SeenAnswer {
  readonly target: string;
  /** The request's head, as it was sent. */
  readonly head: string;
  /** The rule that it met took effect: its byte was passed, its head was changed, the connection ended by it. */
  fired: boolean;
  bytesSent: number;
}

export interface FaultProxy {
  readonly origin: string;
  readonly seen: readonly SeenAnswer[];
  /** Rules for one path take their turns in the order in which they were given. */
  aim(rule: Rule): void;
  clear(): void;
  close(): Promise<void>;
}

/**
 * Stands on loopback in front of `target` and passes answers on byte by byte, except where a rule says otherwise. Each
 * connection serves one request, so that a rule meets the answer it was made for. Answers that meet a rule are gathered
 * first: small ones only.
 */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  const seen: SeenAnswer[] = [];
  let rules: { rule: Rule; skip: number; left: number }[] = [];

  function ruleFor(path: string): Rule | undefined {
    for (const row of rules) {
      if (row.left === 0 || !path.includes(row.rule.path)) continue;
      if (row.skip > 0) {
        row.skip -= 1;
        return undefined;
      }
      row.left -= 1;
      return row.rule;
    }
    return undefined;
  }

  const server = createServer((client) => {
    track(client);
    let request = "";
    const gather = (chunk: Buffer) => {
      request += chunk.toString("latin1");
      const end = request.indexOf("\r\n\r\n");
      if (end === -1) return;
      client.off("data", gather);
      const path = request.split(" ")[1] ?? "";
      const answer: SeenAnswer = { target: path, head: request.slice(0, end), fired: false, bytesSent: 0 };
      seen.push(answer);
      const rule = ruleFor(path);
      if (rule?.refuse === true) {
        answer.fired = true;
        client.resetAndDestroy();
        return;
      }
      const far = connect(Number(port), hostname);
      track(far);
      client.on("close", () => far.destroy());
      far.write(
        `${request.slice(0, end).replace(/\r\nconnection:[^\r]*/gi, "")}\r\nConnection: close\r\n\r\n`,
        "latin1",
      );
      if (rule === undefined) {
        far.on("data", (chunk) => {
          answer.bytesSent += chunk.length;
        });
        far.pipe(client);
        return;
      }
      const chunks: Buffer[] = [];
      far.on("data", (chunk) => chunks.push(chunk));
      far.on("end", () => void send(client, Buffer.concat(chunks), rule, answer));
    };
    client.on("data", gather);
  });

  function track(socket: Socket): void {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // Both ends of a connection that is broken on purpose report it.
    socket.on("error", () => socket.destroy());
  }

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    aim: (rule) => void rules.push({ rule, skip: rule.skip ?? 0, left: rule.times ?? 1 }),
    clear() {
      rules = [];
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Sends a whole answer as the rule wants it. */
async function send(client: Socket, whole: Buffer, rule: Rule, answer: SeenAnswer): Promise<void> {
  let [head, body] = splitAnswer(whole);
  if (rule.head !== undefined) {
    const changed = Buffer.from(rule.head(head.toString("latin1")), "latin1");
    answer.fired ||= !changed.equals(head);
    head = changed;
  }
  if (rule.body !== undefined) {
    const changed = rule.body(body);
    answer.fired ||= !changed.equals(body);
    body = changed;
  }
  const bytes = Buffer.concat([head, body]);
  const places = { headBytes: head.length, wireBytes: bytes.length };
  if (rule.corrupt !== undefined) {
    const at = rule.corrupt(places);
    const byte = bytes[at];
    if (byte !== undefined) {
      bytes[at] = byte ^ 0xff;
      answer.fired = true;
    }
  }
  const cutAt = rule.cut?.at(places) ?? Number.POSITIVE_INFINITY;
  await write(client, bytes.subarray(0, Math.min(cutAt, bytes.length)), rule.bytesPerSecond);
  answer.bytesSent = Math.min(cutAt, bytes.length);
  if (rule.bytesPerSecond !== undefined) answer.fired = true;
  if (rule.cut !== undefined && cutAt <= bytes.length) {
    answer.fired = true;
    if (rule.cut.how === "hang") return;
    if (rule.cut.how === "rst") {
      client.resetAndDestroy();
      return;
    }
  }
  client.end();
}

function splitAnswer(whole: Buffer): [head: Buffer, body: Buffer] {
  const end = whole.indexOf("\r\n\r\n");
  const headBytes = end === -1 ? whole.length : end + 4;
  return [whole.subarray(0, headBytes), whole.subarray(headBytes)];
}

const stepsPerSecond = 20;

async function write(client: Socket, bytes: Buffer, bytesPerSecond: number | undefined): Promise<void> {
  const step = bytesPerSecond === undefined ? bytes.length : Math.max(1, Math.ceil(bytesPerSecond / stepsPerSecond));
  for (let at = 0; at < bytes.length && !client.destroyed; at += step) {
    await new Promise<void>((resolve) => client.write(bytes.subarray(at, at + step), () => resolve()));
    if (bytesPerSecond !== undefined) await new Promise((resolve) => setTimeout(resolve, 1000 / stepsPerSecond));
  }
}
