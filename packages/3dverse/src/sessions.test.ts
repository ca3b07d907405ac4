import { expect, it } from "vitest";
import * as far from "./__fixtures__/nock-3dverse.ts";

far.useNock();

it("takes what either of the vendor's libraries types, and what neither does", async () => {
  far
    .service()
    .get("/sessions")
    .reply(200, [{ session_id: "s1", created_by: "u1", clients: [{ client_id: "c", client_type: "robot" }] }]);
  const [session] = await far.client().getRunningSessions();
  expect(session?.clients?.[0]?.client_type).toBe("robot");
  expect(session?.created_by).toBe("u1");
});

it("sends the filters of sessions in brackets", async () => {
  far.service().get("/sessions?filters%5Buser_id%5D=u%C3%BC+1&filters%5Bfolder_id%5D=f").reply(200, []);
  expect(await far.client().getRunningSessions({ filters: { user_id: "uü 1", folder_id: "f" } })).toEqual([]);
});

it("joins as a guest with the guest's token and nothing else", async () => {
  const token = { session_token: "t", endpoint_info: { ip: "192.0.2.1", port: 1, ssl_port: 0 } };
  far
    .service({ reqheaders: { guest_token: "guest" }, badheaders: ["api_key", "user_token"] })
    .post("/sessions/guests", "")
    .reply(201, token);
  expect(await far.client().withCredential({ guestToken: "guest" }).joinSessionAsGuest()).toEqual(token);
});

it("does not take a token for the gateway without its address", async () => {
  far.service().post("/sessions/s1/clients", { is_headless: true }).reply(200, { session_token: "t" });
  const asked = far.client().joinSession({ session_id: "s1", is_headless: true });
  expect(await far.failureOf(asked)).toMatchObject({ fieldErrors: { endpoint_info: [expect.any(String)] } });
});
