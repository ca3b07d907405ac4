/** Where servers put their own number for a request. */
const requestIdHeaders = [
  "x-request-id",
  "request-id",
  "x-amzn-requestid",
  "x-amz-request-id",
  "x-correlation-id",
  "cf-ray",
];

/** The number by which the far side's support can find a request. */
export function requestIdOf(headers: Readonly<Record<string, string>>): string | undefined {
  for (const name of requestIdHeaders) if (headers[name]) return headers[name];
  return undefined;
}
