import { crc32, deflateSync } from "node:zlib";

/** The formats that results come in; `usd` is named by the older page about webhooks only. */
export const modelFormats = ["obj", "fbx", "glb", "gltf", "mtl", "usd"] as const;
export type ModelFormat = (typeof modelFormats)[number];

export const contentTypes: Record<ModelFormat, string> = {
  obj: "model/obj",
  fbx: "application/octet-stream",
  glb: "model/gltf-binary",
  gltf: "model/gltf+json",
  mtl: "model/mtl",
  usd: "model/vnd.usda",
};

interface Shape {
  name: string;
  points: [number, number, number][];
  /** Corners of each face, from 0. */
  faces: number[][];
}

/** What a test request brings: the document calls it a plain empty cube. */
const cube: Shape = {
  name: "Cube",
  points: [
    [-1, -1, -1],
    [1, -1, -1],
    [1, -1, 1],
    [-1, -1, 1],
    [-1, 1, -1],
    [1, 1, -1],
    [1, 1, 1],
    [-1, 1, 1],
  ],
  faces: [
    [0, 1, 2, 3],
    [7, 6, 5, 4],
    [0, 4, 5, 1],
    [1, 5, 6, 2],
    [2, 6, 7, 3],
    [3, 7, 4, 0],
  ],
};

/** What every other request brings. */
const pyramid: Shape = {
  name: "Pyramid",
  points: [
    [-1, 0, -1],
    [1, 0, -1],
    [1, 0, 1],
    [-1, 0, 1],
    [0, 2, 0],
  ],
  faces: [
    [0, 1, 2, 3],
    [1, 0, 4],
    [2, 1, 4],
    [3, 2, 4],
    [0, 3, 4],
  ],
};

/** The file of that format: small, and in the form that readers of the format expect. */
export function modelFile(format: ModelFormat, isTest: boolean): Buffer {
  const shape = isTest ? cube : pyramid;
  const writers: Record<ModelFormat, (shape: Shape) => Buffer> = {
    obj: writeObj,
    mtl: writeMtl,
    usd: writeUsd,
    gltf: writeGltf,
    glb: writeGlb,
    fbx: writeFbx,
  };
  return writers[format](shape);
}

function writeObj({ name, points, faces }: Shape): Buffer {
  const lines = [
    "mtllib model.mtl",
    `o ${name}`,
    ...points.map((point) => `v ${point.join(" ")}`),
    "usemtl Material",
    ...faces.map((face) => `f ${face.map((corner) => corner + 1).join(" ")}`),
  ];
  return Buffer.from(`${lines.join("\n")}\n`);
}

function writeMtl(): Buffer {
  return Buffer.from("newmtl Material\nKd 0.8 0.8 0.8\nKs 0.5 0.5 0.5\nNs 250\nd 1\nillum 2\n");
}

function writeUsd({ name, points, faces }: Shape): Buffer {
  const text = `#usda 1.0
(
    defaultPrim = "${name}"
)
def Mesh "${name}"
{
    int[] faceVertexCounts = [${faces.map((face) => face.length).join(", ")}]
    int[] faceVertexIndices = [${faces.flat().join(", ")}]
    point3f[] points = [${points.map((point) => `(${point.join(", ")})`).join(", ")}]
}
`;
  return Buffer.from(text);
}

function triangles({ faces }: Shape): number[] {
  return faces.flatMap(([first = 0, ...rest]) =>
    rest.slice(1).flatMap((corner, index) => [first, rest[index] ?? 0, corner]),
  );
}

function gltfParts(shape: Shape) {
  const indices = triangles(shape);
  const indexBytes = Buffer.from(new Uint16Array(indices).buffer);
  const pointBytes = Buffer.from(new Float32Array(shape.points.flat()).buffer);
  const padding = Buffer.alloc((4 - (indexBytes.length % 4)) % 4);
  const binary = Buffer.concat([indexBytes, padding, pointBytes]);
  const axis = (pick: (...values: number[]) => number) =>
    [0, 1, 2].map((index) => pick(...shape.points.map((point) => point[index] ?? 0)));
  const document = {
    asset: { version: "2.0" },
    scene: 0,
    scenes: [{ nodes: [0] }],
    nodes: [{ mesh: 0, name: shape.name }],
    meshes: [{ primitives: [{ attributes: { POSITION: 1 }, indices: 0 }] }],
    accessors: [
      { bufferView: 0, componentType: 5123, count: indices.length, type: "SCALAR" },
      {
        bufferView: 1,
        componentType: 5126,
        count: shape.points.length,
        type: "VEC3",
        min: axis(Math.min),
        max: axis(Math.max),
      },
    ],
    bufferViews: [
      { buffer: 0, byteOffset: 0, byteLength: indexBytes.length },
      { buffer: 0, byteOffset: indexBytes.length + padding.length, byteLength: pointBytes.length },
    ],
  };
  return { binary, document };
}

function writeGltf(shape: Shape): Buffer {
  const { binary, document } = gltfParts(shape);
  const uri = `data:application/octet-stream;base64,${binary.toString("base64")}`;
  return Buffer.from(JSON.stringify({ ...document, buffers: [{ byteLength: binary.length, uri }] }));
}

function writeGlb(shape: Shape): Buffer {
  const { binary, document } = gltfParts(shape);
  const text = JSON.stringify({ ...document, buffers: [{ byteLength: binary.length }] });
  const json = Buffer.from(text.padEnd(Math.ceil(text.length / 4) * 4));
  const body = Buffer.concat([binary, Buffer.alloc((4 - (binary.length % 4)) % 4)]);
  const head = Buffer.alloc(20);
  head.write("glTF", 0, "latin1");
  head.writeUInt32LE(2, 4);
  head.writeUInt32LE(28 + json.length + body.length, 8);
  head.writeUInt32LE(json.length, 12);
  head.write("JSON", 16, "latin1");
  const middle = Buffer.alloc(8);
  middle.writeUInt32LE(body.length, 0);
  middle.write("BIN\0", 4, "latin1");
  return Buffer.concat([head, json, middle, body]);
}

/** Head, version and an empty list of nodes: what tells a reader that it is a binary FBX. */
function writeFbx(): Buffer {
  const head = Buffer.from("Kaydara FBX Binary  \0\x1a\0", "latin1");
  const version = Buffer.alloc(4);
  version.writeUInt32LE(7400);
  return Buffer.concat([head, version, Buffer.alloc(13)]);
}

/** A grey PNG of one pixel, for the images of a request that came as files. */
export function onePixelPng(): Buffer {
  const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
  const chunk = (type: string, data: Buffer) => {
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.from([0, 128]))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}
