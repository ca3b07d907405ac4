// What a hostile page does to a program on this machine, as its own script. Each attack sends a request by one of the
// means that pages have, and gives back what it could learn from the answer, or null. Loaded by the hostile server's page.

const giveUpMs = 4_000;
const pause = '{"untilMs":null}';
/** A form's field whose `text/plain` form is a JSON document. */
const jsonInAField = ['{"untilMs":null,"x":"', '"}'];

function element(name, attributes, place = document.body) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  place.append(made);
  return made;
}

/** Resolves with what `loaded` gives, null on an error, and null when nothing happens. */
function settles(target, loaded = () => "it loaded", events = ["load"]) {
  return new Promise((resolve) => {
    for (const event of events) target.addEventListener(event, () => resolve(loaded()), { once: true });
    target.addEventListener("error", () => resolve(null), { once: true });
    setTimeout(() => resolve(null), giveUpMs);
  });
}

/** Null where another origin's document is, or none was loaded. */
function readDocument(getDocument) {
  try {
    const found = getDocument();
    return found === null || found.URL === "about:blank"
      ? null
      : `a document: ${found.body?.textContent.slice(0, 300)}`;
  } catch {
    return null;
  }
}

async function readResponse(asked) {
  try {
    const response = await asked;
    const text = await response.text();
    return response.type === "opaque" && text === "" ? null : `${response.status} ${text.slice(0, 300)}`;
  } catch {
    return null;
  }
}

let frames = 0;
async function submitForm({ url, method, enctype, target }) {
  frames += 1;
  const name = target ?? `frame-${frames}`;
  const frame = target === undefined ? element("iframe", { name }) : undefined;
  // A GET's fields take the place of the address's own.
  const attack = new URL(url).searchParams.get("attack");
  const form = element("form", { action: url, method, enctype, target: name });
  if (method === "get") element("input", { name: "attack", value: attack }, form);
  element("input", { name: jsonInAField[0], value: jsonInAField[1] }, form);
  const done = frame === undefined ? undefined : settles(frame, () => readDocument(() => frame.contentDocument));
  form.submit();
  return done === undefined ? null : done;
}

async function openWindow(url) {
  const opened = window.open(url);
  if (opened === null) return null;
  for (let waited = 0; waited < giveUpMs; waited += 100) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const read = readDocument(() => opened.document);
    if (read !== null) return read;
  }
  opened.close();
  return null;
}

function socketSays(socket, ...events) {
  return new Promise((resolve) => {
    for (const event of events) socket.addEventListener(event, () => resolve(`it sent ${event}`), { once: true });
    socket.addEventListener("error", () => resolve(null), { once: true });
    setTimeout(() => resolve(null), giveUpMs);
  }).finally(() => socket.close());
}

const json = { "content-type": "application/json" };
const reads = "/api/v1/status";
const does = "/api/v1/pause";

/** Name, path, and how: `at` is the whole address with a mark by which the far side tells which attack arrived. */
const attacks = {
  image: [reads, (at) => settles(element("img", { src: at }))],
  "image of what needs no token": ["/healthz", (at) => settles(element("img", { src: at }))],
  script: [reads, (at) => settles(element("script", { src: at }))],
  "module script": [reads, (at) => settles(element("script", { src: at, type: "module" }))],
  "style sheet": [reads, (at) => settles(element("link", { rel: "stylesheet", href: at }))],
  prefetch: [reads, (at) => settles(element("link", { rel: "prefetch", href: at }))],
  // Its load event comes with every answer, a refusal too, so it tells nothing of what was answered.
  preload: [
    reads,
    (at) => settles(element("link", { rel: "preload", as: "fetch", crossorigin: "", href: at }), () => null),
  ],
  video: [reads, (at) => settles(element("video", { src: at }), undefined, ["loadedmetadata"])],
  object: [
    reads,
    (at) => {
      const made = element("object", { data: at });
      return settles(made, () => readDocument(() => made.contentDocument));
    },
  ],
  frame: [
    reads,
    (at) => {
      const made = element("iframe", { src: at });
      return settles(made, () => readDocument(() => made.contentDocument));
    },
  ],
  "frame of what needs no token": [
    "/healthz",
    (at) => {
      const made = element("iframe", { src: at });
      return settles(made, () => readDocument(() => made.contentDocument));
    },
  ],
  "font of a style": [
    reads,
    async (at) => {
      try {
        await new FontFace("x", `url("${at}")`).load();
        return "it is a font";
      } catch {
        return null;
      }
    },
  ],
  "form, GET": [reads, (at) => submitForm({ url: at, method: "get", enctype: "text/plain" })],
  "form, urlencoded": [
    does,
    (at) => submitForm({ url: at, method: "post", enctype: "application/x-www-form-urlencoded" }),
  ],
  "form, text/plain that is JSON": [does, (at) => submitForm({ url: at, method: "post", enctype: "text/plain" })],
  "form, multipart": [does, (at) => submitForm({ url: at, method: "post", enctype: "multipart/form-data" })],
  "form into a new window": [
    does,
    (at) => submitForm({ url: at, method: "post", enctype: "text/plain", target: "_blank" }),
  ],
  "fetch, no-cors": [reads, (at) => readResponse(fetch(at, { mode: "no-cors", credentials: "include" }))],
  "fetch, no-cors, of what needs no token": ["/healthz", (at) => readResponse(fetch(at, { mode: "no-cors" }))],
  "fetch, no-cors POST of JSON as text": [
    does,
    (at) => readResponse(fetch(at, { mode: "no-cors", method: "POST", body: pause, credentials: "include" })),
  ],
  "fetch, cors": [reads, (at) => readResponse(fetch(at))],
  "fetch, cors, of what needs no token": ["/healthz?nonce=0123456789abcdef", (at) => readResponse(fetch(at))],
  "fetch, cors with cookies": [reads, (at) => readResponse(fetch(at, { credentials: "include" }))],
  "fetch with a preflight: JSON": [
    does,
    (at) => readResponse(fetch(at, { method: "POST", headers: json, body: pause, credentials: "include" })),
  ],
  "fetch with a preflight: a token": [
    reads,
    (at) => readResponse(fetch(at, { headers: { authorization: `Bearer ${"0".repeat(64)}` } })),
  ],
  "fetch with a preflight: a page's key": [
    reads,
    (at) => readResponse(fetch(at, { headers: { "x-asset-sync-page": "1" }, credentials: "include" })),
  ],
  "fetch with a preflight: DELETE": [does, (at) => readResponse(fetch(at, { method: "DELETE" }))],
  "fetch with a preflight: PUT": [does, (at) => readResponse(fetch(at, { method: "PUT", body: pause }))],
  "fetch of a page's code": ["/api/v1/page-code", (at) => readResponse(fetch(at, { method: "POST", body: "{}" }))],
  "fetch of a page's session": [
    "/page-session",
    (at) => readResponse(fetch(at, { mode: "no-cors", method: "POST", body: '{"code":"x"}' })),
  ],
  "fetch that lives on": [
    does,
    (at) => readResponse(fetch(at, { mode: "no-cors", method: "POST", body: pause, keepalive: true })),
  ],
  XMLHttpRequest: [
    reads,
    (at) => {
      const request = new XMLHttpRequest();
      request.open("GET", at);
      request.withCredentials = true;
      request.send();
      return settles(request, () => `${request.status} ${request.responseText.slice(0, 300)}`);
    },
  ],
  beacon: [
    does,
    async (at) => {
      navigator.sendBeacon(at, pause);
      return null;
    },
  ],
  "beacon of JSON": [
    does,
    async (at) => {
      navigator.sendBeacon(at, new Blob([pause], { type: "application/json" }));
      return null;
    },
  ],
  "ping of a link": [
    does,
    async (at) => {
      element("a", { href: "#", ping: at }).click();
      return null;
    },
  ],
  "web socket": ["/api/v1/events", (at) => socketSays(new WebSocket(at.replace("http", "ws")), "open", "message")],
  "event stream": [
    "/api/v1/events",
    (at) => socketSays(new EventSource(at, { withCredentials: true }), "open", "message"),
  ],
  "script of a worker": [
    reads,
    async (at) => {
      const text = `try { importScripts(${JSON.stringify(at)}); postMessage("it ran"); } catch { postMessage(null); }`;
      const worker = new Worker(URL.createObjectURL(new Blob([text])));
      return new Promise((resolve) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = () => resolve(null);
        setTimeout(() => resolve(null), giveUpMs);
      });
    },
  ],
  "image of the page": ["/", (at) => settles(element("img", { src: at }))],
  "frame of the page": [
    "/",
    (at) => {
      const made = element("iframe", { src: at });
      return settles(made, () => readDocument(() => made.contentDocument));
    },
  ],
  "frame of the landing page": [
    "/open",
    (at) => {
      const made = element("iframe", { src: at });
      return settles(made, () => readDocument(() => made.contentDocument));
    },
  ],
  "fetch, cors, of the page": ["/", (at) => readResponse(fetch(at, { headers: { accept: "text/html" } }))],
  "fetch, no-cors, of the page": ["/", (at) => readResponse(fetch(at, { mode: "no-cors", credentials: "include" }))],
  "fetch, cors, of the landing page": ["/open", (at) => readResponse(fetch(at))],
  "script of the page": ["/assets/index.js", (at) => settles(element("script", { src: at, type: "module" }))],
  "script of the landing page": ["/open.js", (at) => settles(element("script", { src: at }))],
  "picture of a product": ["/pictures/1/0/small?key=x&revision=1", (at) => settles(element("img", { src: at }))],
  "icon of the page": ["/favicon.svg", (at) => settles(element("img", { src: at }))],
  "fetch, cors, of the measures": ["/metrics", (at) => readResponse(fetch(at, { credentials: "include" }))],
  "script of the measures": ["/metrics", (at) => settles(element("script", { src: at }))],
  "fetch, cors, of the document": ["/api/v1/openapi.json", (at) => readResponse(fetch(at, { credentials: "include" }))],
  "script of the document": ["/api/v1/openapi.json", (at) => settles(element("script", { src: at }))],
  "fetch of a landing code": [
    "/page-landing",
    (at) => readResponse(fetch(at, { mode: "no-cors", method: "POST", body: '{"code":"x"}' })),
  ],
  "fetch with a preflight: a key for doing it once": [
    does,
    (at) => readResponse(fetch(at, { method: "POST", headers: { ...json, "idempotency-key": "x" }, body: pause })),
  ],
  "new window on the page": ["/", (at) => openWindow(at)],
  "new window on the landing page": ["/open", (at) => openWindow(at)],
  "new window": [reads, (at) => openWindow(at)],
  "new window on what needs no token": ["/healthz", (at) => openWindow(at)],
};

const mark = (path, name) => `${path}${path.includes("?") ? "&" : "?"}attack=${encodeURIComponent(name)}`;

globalThis.attackAll = (bases) => Promise.all(bases.flatMap(attackBase));

function attackBase(base) {
  return Object.entries(attacks).map(async ([name, [path, run]]) => {
    const givenUp = new Promise((resolve) => setTimeout(() => resolve(null), giveUpMs));
    try {
      return { name, base, read: await Promise.race([run(base + mark(path, name)), givenUp]) };
    } catch {
      // The browser refused to even try.
      return { name, base, read: null };
    }
  });
}

/** One request with everything chosen by the caller; what could be read, or null. */
globalThis.attackWith = ({ url, init }) => readResponse(fetch(url, init));
