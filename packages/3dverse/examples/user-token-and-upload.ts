/**
 * From an API key to a converted model that a user uploaded: the sample of the vendor's Asset API page, ported, and
 * carried on through the upload. Runs against the sandbox:
 *
 *     node --conditions=@org/source packages/3dverse/examples/user-token-and-upload.ts
 *
 * With a real account: set THREEDVERSE_API_KEY, and nothing is simulated.
 */
import process from "node:process";
import { create3dverse } from "@org/3dverse";
import { startSandbox } from "@org/sandbox";

const realKey = process.env.THREEDVERSE_API_KEY;
const sandbox = realKey === undefined ? await startSandbox() : undefined;
const settings =
  sandbox === undefined
    ? { credential: { apiKey: realKey ?? "" } }
    : {
        credential: { apiKey: sandbox.threeDVerse.credentials().apiKey },
        baseUrl: `${sandbox.origins["3dverse"]}/app/v1`,
      };

try {
  // On the server, which alone knows the API key.
  const server = create3dverse(settings);
  const user = await server.registerUser({ username: "my-username" });
  const folder = await server.createFolder({ name: "my-folder" });
  await server.grantMemberAccessToFolder({
    folder_id: folder.folder_id,
    member_type: "users",
    member_id: user.user_id,
    access: "manage",
  });
  const { user_token } = await server.generateUserToken({ user_id: user.user_id, scope: "manage" });
  console.log(`${user.username} may manage ${folder.name}`);

  // Where the user is: with the token alone.
  const client = server.withCredential({ userToken: user_token });
  const { upload_task_id } = await client.uploadFiles({
    folder_id: folder.folder_id,
    files: [{ name: "triangle.obj", content: Buffer.from("o Triangle\nv 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n") }],
    onProgress: ({ sentBytes, totalBytes }) => console.log(`sent ${sentBytes} of ${totalBytes} bytes`),
  });
  if (upload_task_id == null) throw new Error("3dverse gave no upload task; look in getUploadTasksInFolder");

  const { converted, failed } = await client.waitForUploadTask({
    upload_task_id,
    intervalMs: sandbox === undefined ? 2_000 : 10,
    onProgress: ({ status }) => {
      console.log(status);
      sandbox?.advanceClock(5_000);
    },
  });
  console.log(`${converted.length} converted, ${failed.length} failed`);
  for await (const asset of client.getFolderAssets({ folder_id: folder.folder_id })) {
    console.log(`${asset.asset_type ?? asset.asset_container}: ${asset.name}`);
  }
} finally {
  await sandbox?.close();
}
