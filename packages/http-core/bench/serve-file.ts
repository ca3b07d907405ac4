/** Serves one file on loopback as plain and fast as Node can: `node serve-file.ts PATH`; prints its port. */
import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const path = process.argv[2] ?? "";
const size = statSync(path).size;
const server = createServer((request, response) => {
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
  const start = Number(range?.[1] ?? 0);
  const end = range?.[2] ? Number(range[2]) : size - 1;
  response.writeHead(range === null ? 200 : 206, {
    "content-type": "application/zip",
    "content-length": end - start + 1,
    "accept-ranges": "bytes",
    etag: '"bench"',
    ...(range === null ? {} : { "content-range": `bytes ${start}-${end}/${size}` }),
  });
  createReadStream(path, { start, end, highWaterMark: 1 << 20 }).pipe(response);
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
