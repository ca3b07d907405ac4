import type { ServerResponse } from "node:http";
import { type SeenRequest, type TestServer, withServer } from "@org/http-core/testing";
import { makeForm, partsOf, unicode } from "./nock-imagine.ts";

/** What the far side has done so far. */
export interface FakeService extends TestServer {
  readonly created: string[];
  readonly uploaded: Set<string>;
  marks: number;
  jobs: number;
  looks: number;
  /** What happens to the answer of the next request of that kind; taken off once it happened. */
  readonly trouble: Map<Step, Trouble>;
}

export type Step = "create" | "lookup" | "model" | "thumbnail" | "mark" | "job" | "status";
/** `before`: nothing was done; `after`: it was done, and nobody was told. */
export type Trouble = "reset-before" | "reset-after" | "500-before" | "500-after";

/** The service and its bucket as far as a publication needs them. It marks only what was uploaded. */
export async function withService<T>(
  use: (service: FakeService) => Promise<T>,
  options: { wantsThumbnail?: boolean; marksOnce?: boolean } = {},
): Promise<T> {
  const { wantsThumbnail = true, marksOnce = false } = options;
  const wanted = wantsThumbnail ? ["model", "thumbnail"] : ["model"];
  const state = {
    created: [] as string[],
    uploaded: new Set<string>(),
    marks: 0,
    jobs: 0,
    looks: 0,
    trouble: new Map<Step, Trouble>(),
  };

  function act(step: Step, origin: string, request: SeenRequest): [number, unknown] {
    const text = request.body.toString("latin1");
    switch (step) {
      case "create": {
        const fields = Object.fromEntries(partsOf(text).map(({ name, value }) => [name, value]));
        if (state.created.includes(fields.sku_id ?? "")) return [400, { status: false, message: "Sku id already exists." }];
        state.created.push(fields.sku_id ?? "");
        const data = {
          unicode,
          sku_id: fields.sku_id,
          upload_status: "1",
          presigned_url_prop_user_file: makeForm({ url: `${origin}/bucket/model` }),
          presigned_url_thumbnail: makeForm({ url: `${origin}/bucket/thumbnail`, key: "t.png" }),
        };
        return [201, { status: true, data, message: "created", api_hits_available: 90 }];
      }
      case "lookup":
        return [200, { results: state.created.map((sku_id) => ({ unicode, sku_id })), total_pages: 1 }];
      case "model":
      case "thumbnail":
        state.uploaded.add(step);
        return [204, undefined];
      case "mark":
        if (!wanted.every((kind) => state.uploaded.has(kind))) {
          return [400, { status: false, message: "Not uploaded." }];
        }
        if (marksOnce && state.marks > 0) return [400, { status: false, message: "Marked already." }];
        state.marks += 1;
        return [200, { status: true, data: { id: 7, unicode, upload_status: "2" }, message: "marked" }];
      case "job":
        if (state.marks === 0) return [400, { status: false, message: "Not marked." }];
        state.jobs += 1;
        return [202, { status: true, data: { unicode }, message: "scheduled" }];
      case "status": {
        state.looks += 1;
        const status = state.jobs === 0 ? null : state.looks % 2 === 0 ? "Done" : "Processing";
        return [200, { unicode, product_ar_status: status, product_3d_status: status, api_hits_available: 80 }];
      }
    }
  }

  const stepOf = (request: SeenRequest): Step => {
    if (request.url.startsWith("/bucket/")) return request.url.endsWith("model") ? "model" : "thumbnail";
    if (request.url.startsWith("/v1/product/status/")) return "status";
    if (request.method === "POST") return request.url === "/v1/product/job/" ? "job" : "create";
    return request.method === "PATCH" ? "mark" : "lookup";
  };

  function handle(request: SeenRequest, response: ServerResponse): void {
    const step = stepOf(request);
    const trouble = state.trouble.get(step);
    state.trouble.delete(step);
    const answer = trouble?.endsWith("-before") ? undefined : act(step, `http://${request.headers.host}`, request);
    if (trouble?.startsWith("reset")) return void response.socket?.resetAndDestroy();
    const [status, body] = trouble === undefined && answer !== undefined ? answer : [500, "Server error"];
    response.writeHead(status).end(body === undefined ? undefined : JSON.stringify(body));
  }

  return withServer(handle, (server) => use(Object.assign(state, server)));
}
