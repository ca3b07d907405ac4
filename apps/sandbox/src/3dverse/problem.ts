import { jsonReply, type Reply } from "../http/reply.ts";

/**
 * The numbers that the sandbox gives in `errorCode`: its own, by status, since the service's catalogue is unknown.
 */
const errorCodes: Record<number, number> = { 400: 4000, 401: 4010, 403: 4030, 404: 4040, 409: 4090, 413: 4130 };

/** Thrown where an operation cannot be done; answered in the service's error shape. */
export class Problem extends Error {
  override name = "Problem";
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** 400: the request itself is wrong. */
export function invalid(message: string): Problem {
  return new Problem(400, message);
}

/** 403: the caller may not. */
export function forbidden(message: string): Problem {
  return new Problem(403, message);
}

export function notFound(message: string): Problem {
  return new Problem(404, message);
}

/** 409: not as things are now. */
export function conflict(message: string): Problem {
  return new Problem(409, message);
}

export function problemReply({ status, message }: Problem): Reply {
  return jsonReply(status, { errorCode: errorCodes[status] ?? status * 10, message });
}
