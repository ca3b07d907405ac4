import { z } from "zod";
import { assetTypes } from "../domain/product.ts";
import { weekdays } from "../domain/quiet-hours.ts";

// The defaults of everything stand here and nowhere else. Descriptions go into the JSON Schema, the file that `init`
// writes, and the README's table.

const loopbackHosts = ["127.0.0.1", "localhost", "[::1]"];

/** Is this address on this very machine? Only such a one may be spoken to without TLS where a password is sent. */
export function isLoopbackUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && loopbackHosts.includes(url.hostname);
}

function isOrigin(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    url.username === "" &&
    url.password === "" &&
    url.search === "" &&
    url.hash === ""
  );
}

const origin = z.string().refine(isOrigin, { error: "a web address such as https://shop.example.com" });
const originWithPassword = origin.refine(
  (text) => !isOrigin(text) || text.startsWith("https:") || isLoopbackUrl(text),
  {
    error: "an https address, because the password is sent there",
  },
);

const hostName = z.string().refine((text) => /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text) || text === "::1", {
  error: 'a host name without "https://", port and path, such as r2.example.com',
});

const proxyUrl = z.string().refine((text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ""), {
  error: "a proxy's address such as http://proxy.example.com:3128",
});

const filePath = z.string().min(1);
const updatePolicy = z.enum(["ask", "auto", "never"]);

const selectors = ["freebie", "assetType", "category", "subCategory", "tag", "search", "productId"] as const;

const wantedRule = z
  .strictObject({
    freebie: z.boolean().optional().describe("Only free products (true), or only paid ones (false)."),
    assetType: z.enum(assetTypes).optional().describe("Only this kind of product."),
    category: z.string().min(1).optional().describe("Only this category, by the name shown in the shop or its slug."),
    subCategory: z
      .string()
      .min(1)
      .optional()
      .describe("Only this sub-category, by the name shown in the shop or its slug."),
    tag: z.string().min(1).optional().describe("Only products with this tag."),
    search: z
      .string()
      .min(1)
      .optional()
      .describe("Only products in whose title, slug, tags or categories all these words occur."),
    productId: z.int().positive().optional().describe("Only the product of this number."),
    download: z.string().min(1).optional().describe("Which of several zips: a part of its name."),
    updates: updatePolicy.optional().describe("How updates of what this rule selects are treated."),
  })
  .refine((rule) => selectors.some((key) => rule[key] !== undefined), {
    error: `a rule that selects something, by any of ${selectors.join(", ")}`,
  });

const origins = z
  .strictObject({
    shop: originWithPassword.default("https://shop.imeshh.com").describe("The shop: sign-in and download links."),
    blog: origin.default("https://blog.imeshh.com").describe("Says whether there is news."),
    feeds: origin
      .default("http://imeshh-lambda.s3-website-us-east-1.amazonaws.com")
      .describe("Products, categories and catalog files."),
    extensions: origin.default("https://extensions.imeshh.com").describe("iMeshh's Blender extensions."),
  })
  .prefault({})
  .describe("Where the parts of the shop are.");

const library = z
  .strictObject({
    root: filePath
      .default("~/Documents/iMeshh")
      .describe("The folder in which the asset libraries lie. `~` is your own folder."),
  })
  .prefault({})
  .describe("Your Blender asset libraries.");

const imeshh = z
  .strictObject({
    shop: z
      .enum(["imeshh", "sample-shop"])
      .default("imeshh")
      .describe("imeshh, or sample-shop: one on this machine to look around in, where nothing costs anything."),
    username: z
      .string()
      .min(1)
      .nullable()
      .default(null)
      .describe("Your user name in the shop. The password never stands in this file."),
    origins,
    archiveHosts: z
      .array(hostName)
      .default(["r2.imeshh.com"])
      .describe("Hosts a download link or picture may point to (no port). Plain http only for this machine."),
    pollMinutes: z.number().positive().max(10_080).default(15).describe("Minutes between looks for news; at least 1."),
    downloadLimit: z
      .int()
      .min(1)
      .max(1000)
      .default(4)
      .describe("Downloads the shop grants per product; 4 with a standard account."),
    keepInReserve: z
      .int()
      .min(0)
      .max(1000)
      .default(1)
      .describe("Downloads per product that are never spent unless asked for by name."),
    wanted: z
      .array(wantedRule)
      .default([])
      .describe("Rules that say which products are downloaded. Empty: none by itself."),
    updates: updatePolicy.default("ask").describe("Updates of what is installed: ask, auto or never."),
  })
  .prefault({})
  .describe("The iMeshh shop.");

const clockTime = (latest: RegExp) =>
  z.string().refine((text) => latest.test(text), { error: 'a time of the day such as "18:00"' });

const quietHours = z
  .strictObject({
    days: z.array(z.enum(weekdays)).optional().describe("Only on these days; all where it is left out."),
    from: clockTime(/^(?:[01]\d|2[0-3]):[0-5]\d$/).describe("Their beginning, by the clock on the wall."),
    to: clockTime(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/).describe("Their end; before `from`, it is on the next day."),
  })
  .refine(({ from, to }) => from !== to, { error: 'two different times; a whole day is from "00:00" to "24:00"' });

const limits = z
  .strictObject({
    downloads: z.int().min(1).max(32).default(6).describe("Downloads under way at once."),
    bandwidthMegabytesPerSecond: z
      .number()
      .positive()
      .nullable()
      .default(null)
      .describe("All downloads together; null for no limit."),
    quietHours: z
      .array(quietHours)
      .default([])
      .describe("Times in which no rule begins a download; what you ask for by name still comes."),
    diskFloorGigabytes: z.number().min(0).default(5).describe("Free space that is never used up."),
    archiveGigabytes: z.number().positive().default(8).describe("The largest zip that is taken."),
    extractedGigabytes: z.number().positive().default(32).describe("The most one zip may become when extracted."),
    entries: z.int().positive().default(100_000).describe("The most files one zip may hold."),
    archiveStoreGigabytes: z
      .number()
      .min(0)
      .default(50)
      .describe("What kept zips may take together; they repair and move assets at no cost."),
  })
  .prefault({})
  .describe("Your own caps.");

const api = z
  .strictObject({
    host: z.literal("127.0.0.1").default("127.0.0.1").describe("Only this machine can reach it."),
    port: z.int().min(0).max(65_535).default(4747).describe("0 takes any free port."),
  })
  .prefault({})
  .describe("The local API that the command line and add-ons use.");

const network = z
  .strictObject({
    proxy: proxyUrl.nullable().default(null).describe("Proxy for everything; null for what HTTPS_PROXY says."),
    noProxy: z
      .string()
      .nullable()
      .default(null)
      .describe("Hosts reached without the proxy; null for what NO_PROXY says."),
    extraCertificateFiles: z
      .array(filePath)
      .default([])
      .describe("Certificates (PEM) of your company's proxy, besides the system's own."),
    silenceSeconds: z
      .number()
      .min(0.1)
      .max(3600)
      .default(30)
      .describe(
        "How long a server may be silent in the middle of an answer, and half of how long before it begins one. Raise it on satellite lines.",
      ),
  })
  .prefault({})
  .describe("For networks behind a company's proxy, and slow ones.");

const log = z
  .strictObject({
    level: z.enum(["debug", "info", "warn", "error"]).default("info").describe("How much is written to the log files."),
  })
  .prefault({})
  .describe("The log files.");

/** `config.jsonc` as a person writes it: strict, every key optional, units in the names. */
export const configSchema = z
  .strictObject({
    $schema: z.string().optional().describe("The JSON Schema that editors check this file with."),
    library,
    imeshh,
    limits,
    api,
    network,
    log,
  })
  .superRefine((config, context) => {
    const { pollMinutes, origins: where } = config.imeshh;
    // A tighter loop would be rude to a real shop; a sandbox on this machine may be asked as often as one likes.
    if (pollMinutes < 1 && !(isLoopbackUrl(where.blog) && isLoopbackUrl(where.feeds))) {
      context.addIssue({
        code: "custom",
        path: ["imeshh", "pollMinutes"],
        input: pollMinutes,
        message: "at least 1 minute between looks at the real shop",
      });
    }
  });

export type ConfigText = z.output<typeof configSchema>;
