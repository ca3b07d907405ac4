export { failureOf } from "./expect-failure.ts";
export { createFakeClock, type FakeClock } from "./fake-clock.ts";
export { fixtureJson, fixtureText } from "./fixture.ts";
export {
  type RawServer,
  type SeenRequest,
  type TestHandler,
  type TestServer,
  withRawServer,
  withServer,
} from "./with-server.ts";
