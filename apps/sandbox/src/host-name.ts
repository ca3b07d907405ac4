/** The hosts, each on its own loopback port; with `--port` in this order, so new ones go to the end. */
export const hostNames = [
  "shop",
  "blog",
  "feeds",
  "extensions",
  "cdn",
  "enterprise",
  "kaedim",
  "kaedimFiles",
  "imagine",
  "imagineS3",
  "imagineMedia",
  "3dverse",
] as const;
export type HostName = (typeof hostNames)[number];

/** The loopback origin of each host, for example `http://127.0.0.1:40001`. */
export type Origins = Record<HostName, string>;

/** What the hosts of iMeshh are called at the vendor; its files name each other so. */
export const vendorOrigins = {
  shop: "https://shop.imeshh.com",
  blog: "https://blog.imeshh.com",
  feeds: "http://imeshh-lambda.s3-website-us-east-1.amazonaws.com",
  extensions: "https://extensions.imeshh.com",
  cdn: "https://r2.imeshh.com",
  enterprise: "https://testb2b.15883.workers.dev",
} as const;
