import { z } from "zod";

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const durationMs = z.int().nonnegative();

/** The scopes of the key settings, by group and name as the guide lists them. */
export const scopes = [
  "product.read",
  "product.create",
  "product.update",
  "product.generate",
  "product.delete",
  "content.read",
  "content.update",
] as const;
export type Scope = (typeof scopes)[number];

/** What can be generated for a product, and the scenes of create-images. */
export const contentTypes = ["3d_model_viewer", "ar", "360_degree_spin", "silo"] as const;
export type ContentType = (typeof contentTypes)[number];

const keySchema = z.strictObject({
  key: z.string().regex(/^(?:sk|pk)_.{6,}$/, "keys begin with sk_ or pk_ and have at least six more characters"),
  /** With a port where the domain has one. */
  domains: z.array(z.string().min(1)),
  scopes: z.array(z.enum(scopes)).default([...scopes]),
  revoked: z.boolean().default(false),
});
const outcome = z.string().min(1);

const shape = {
  keys: z.array(keySchema),
  /** The token of the older Zapier calls. */
  zapierToken: z.string().min(8),
  /** Whether the call that shows the token needs the token; the sample sends no header. */
  zapierTokenNeedsAuthorization: z.boolean(),
  credits: z.int().nonnegative(),
  /** Whether `Origin` names the bare domain (the guide), the whole origin (browsers), or either. */
  originForm: z.enum(["bare", "full", "both"]),
  /** The guide says 401, the table of errors 403. */
  originRefusal: z.union([z.literal(401), z.literal(403)]),
  /** `any`: create and update take JSON too, as the guide has it for every POST. */
  bodyForms: z.enum(["documented", "any"]),
  /** Before its upload is marked a product shows to no query, to one by identifier, or to all. */
  unfinishedProducts: z.enum(["hidden", "by-identifier", "listed"]),
  /** Whether marking an upload looks into the bucket. */
  markUploadChecks: z.boolean(),
  thumbnailRequired: z.enum(["when-named", "always", "never"]),
  /** How statuses given per item look before anything was requested. */
  notRequested: z.enum(["null", "empty"]),
  /** From the job to its beginning. */
  queuedMs: durationMs,
  /** From its beginning to its outcome. */
  processingMs: durationMs,
  /** How later jobs end: `Done`, `Failed`, `Infected`, `Disabled` or any other word. */
  outcomes: z.strictObject({
    "3d_model_viewer": outcome,
    ar: outcome,
    "360_degree_spin": outcome,
    silo: outcome,
    render: outcome,
  }),
  /** How many silo images a job makes. */
  siloImages: z.int().min(1).max(100),
  /** Whether renders have a colour pass. */
  colorPass: z.boolean(),
  scenes: z.array(
    z.strictObject({ id: z.int(), cameras: z.array(z.strictObject({ id: z.int(), name: z.string().min(1) })) }),
  ),
  pageSize: z.int().positive(),
  /** The origin that page links name; null: the API's own. The samples show a staging host and `http://localhost:8000`. */
  pageLinkOrigin: z.string().nullable(),
  deleteReply: z.union([z.literal(200), z.literal(204)]),
  /** From deleting to the date in the answer. */
  deletionGraceMs: durationMs,
  /** Life of links to the media host. */
  mediaLifeMs: durationMs,
  /** How upload forms are made. */
  upload: z.strictObject({
    lifeMs: durationMs,
    /** The upper end of `content-length-range`. */
    maxBytes: z.int().positive(),
    minBytes: z.int().nonnegative(),
    /** A `Content-Type` that the form names and the policy demands; null: neither. */
    contentType: z.string().min(1).nullable(),
    /** The form's `success_action_status`; null: it has none, and success is 204. */
    successStatus: z.enum(["200", "201", "204"]).nullable(),
    /** Whether the form carries `x-amz-security-token`, as those of temporary credentials do. */
    securityToken: z.boolean(),
    /** How a body of unknown length is refused. */
    chunked: z.enum(["NotImplemented", "MissingContentLength"]),
  }),
};

export const imagineSettingsSchema = z.strictObject(shape);

/** What may be chosen about the Imagine of the sandbox, at the start and while it runs. */
export type ImagineSettings = z.output<typeof imagineSettingsSchema>;

const domains = ["studio.example", "localhost:3000"];

export const imagineDefaults: ImagineSettings = {
  keys: [
    { key: "sk_sandbox_secret_key", domains, scopes: [...scopes], revoked: false },
    { key: "pk_sandbox_public_key", domains, scopes: ["product.read", "content.read"], revoked: false },
  ],
  zapierToken: "imagine-sandbox-zapier-token",
  zapierTokenNeedsAuthorization: false,
  credits: 1000,
  originForm: "both",
  originRefusal: 401,
  bodyForms: "documented",
  unfinishedProducts: "by-identifier",
  markUploadChecks: true,
  thumbnailRequired: "when-named",
  notRequested: "null",
  queuedMs: 30_000,
  processingMs: 3.5 * minuteMs,
  outcomes: { "3d_model_viewer": "Done", ar: "Done", "360_degree_spin": "Done", silo: "Done", render: "Done" },
  siloImages: 5,
  colorPass: true,
  scenes: [
    {
      id: 4100,
      cameras: [
        { id: 410_001, name: "silo camera 1" },
        { id: 410_002, name: "silo camera 2" },
      ],
    },
    {
      id: 4200,
      cameras: Array.from({ length: 45 }, (_, index) => ({ id: 420_001 + index, name: `cam ${index + 1}` })),
    },
  ],
  pageSize: 20,
  pageLinkOrigin: null,
  deleteReply: 200,
  deletionGraceMs: 30 * dayMs,
  mediaLifeMs: 7 * dayMs,
  upload: {
    lifeMs: 60 * minuteMs,
    maxBytes: 2 * 1024 ** 3,
    minBytes: 1,
    contentType: null,
    successStatus: null,
    securityToken: false,
    chunked: "NotImplemented",
  },
};
