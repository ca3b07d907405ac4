import { createServer, type Server } from "node:http";
import { createThreeDVerse } from "./3dverse/three-d-verse.ts";
import { createArchives } from "./catalog/archives.ts";
import { createCatalog } from "./catalog/catalog.ts";
import { createFeedStore } from "./catalog/feed-store.ts";
import { createGeneratedProducts } from "./catalog/generated-products.ts";
import { createPictures } from "./catalog/pictures.ts";
import { bundledSampleShop, loadSampleShop } from "./catalog/sample-shop.ts";
import { createClock } from "./clock.ts";
import { createControl } from "./control.ts";
import { createFaultList } from "./faults/fault-list.ts";
import { type HostName, hostNames, type Origins } from "./host-name.ts";
import { answerBlog } from "./hosts/blog.ts";
import { answerCdn } from "./hosts/cdn.ts";
import { answerEnterprise } from "./hosts/enterprise.ts";
import { answerExtensions, noMessage } from "./hosts/extensions.ts";
import { answerFeeds } from "./hosts/feeds.ts";
import type { HostAnswer, Provider } from "./hosts/provider.ts";
import { answerShop } from "./hosts/shop.ts";
import { foreignSecret } from "./http/foreign-secret.ts";
import { createHostServer } from "./http/host-server.ts";
import { listen, stopListening } from "./http/listen.ts";
import { leakedCredential, missingHeader } from "./http/required-headers.ts";
import { createImagine } from "./imagine/imagine.ts";
import { createJournal } from "./journal.ts";
import { createKaedim } from "./kaedim/kaedim.ts";
import { parseOptions, type SandboxOptions } from "./options.ts";
import type { Sandbox } from "./sandbox.ts";
import { createAccounts, defaultAccounts } from "./shop/accounts.ts";
import { createLinks } from "./shop/links.ts";
import { createQuota } from "./shop/quota.ts";
import { createTokens } from "./shop/tokens.ts";
import { findAccount, patchState, readState, type StateParts, type Switches } from "./state.ts";

/**
 * Starts the vendor's hosts on loopback ports and resolves once all of them answer. Nothing is written to disk; what was
 * counted and changed ends with `close()`. Wrong options throw `InvalidInputError` with a sentence.
 */
export async function startSandbox(given: SandboxOptions = {}): Promise<Sandbox> {
  const options = parseOptions(given);
  const shop = await loadSampleShop(options.sampleShop ?? bundledSampleShop);
  const origins = Object.fromEntries(hostNames.map((host) => [host, ""])) as Origins;
  const clock = createClock(options.clockOffsetMs);
  const journal = createJournal(options.journalEntries);
  const faults = createFaultList();
  const accounts = createAccounts(options.accounts ?? defaultAccounts);
  const tokens = createTokens({
    clock,
    secret: options.secret,
    lifeMs: options.tokenLifeMs,
    issuer: () => origins.shop,
    accounts,
  });
  const links = createLinks({ clock, secret: options.secret, lifeMs: options.linkLifeMs, style: options.linkStyle });
  const quota = createQuota(options.downloadLimit);
  const generated = createGeneratedProducts({ shop, count: options.generatedProducts, seed: options.seed });
  const archives = createArchives(shop, generated);
  const catalog = createCatalog({ shop, generated, archives, clock });
  const feeds = createFeedStore({ catalog, clock, cdnOrigin: () => origins.cdn });
  const pictures = createPictures(shop);
  const cachedPaths = new Set<string>();
  const switches: Switches = {
    charging: options.charging,
    strict: options.strict,
    feedEncoding: options.feedEncoding,
    linkOrigin: options.linkOrigin ?? null,
    message: noMessage,
  };
  const usernameOf = (userId: number) => accounts.find((account) => account.userId === userId)?.username ?? null;
  const kaedim = createKaedim({ clock, origins, secret: options.secret, settings: options.kaedim });
  const imagine = createImagine({
    clock,
    origins,
    secret: options.secret,
    settings: options.imagine,
    isStrict: () => switches.strict,
  });
  const threeDVerse = createThreeDVerse({ clock, settings: options.threeDVerse });
  const providers: Provider[] = [kaedim, imagine, threeDVerse];
  const answers: Partial<Record<HostName, HostAnswer>> = {
    shop: (exchange) =>
      answerShop(exchange, {
        accounts,
        tokens,
        catalog,
        archives,
        links,
        quota,
        clock,
        charging: switches.charging,
        cdnOrigin: switches.linkOrigin ?? origins.cdn,
      }),
    blog: (exchange) => answerBlog(exchange, catalog),
    feeds: (exchange) => answerFeeds(exchange, feeds, switches.feedEncoding),
    extensions: (exchange) => answerExtensions(exchange, { message: switches.message, origin: origins.extensions }),
    cdn: (exchange) =>
      answerCdn(exchange, { archives, pictures, links, quota, charging: switches.charging, usernameOf }),
    enterprise: (exchange) =>
      answerEnterprise(exchange, {
        catalog,
        archives,
        secretKey: options.enterpriseKey,
        origin: origins.enterprise,
        cdnOrigin: origins.cdn,
        cachedPaths,
      }),
    ...Object.assign({}, ...providers.map((provider) => provider.answers)),
  };

  const parts: StateParts = { clock, catalog, switches, quota, links, tokens, accounts, kaedim, imagine, threeDVerse };
  const servers: Server[] = [];
  const close = async () => {
    await Promise.all([...servers.map(stopListening), ...providers.map((provider) => provider.close())]);
  };
  const sandbox: Sandbox = {
    origins,
    control: "",
    accounts: accounts.map(({ username, password, subscriptions }) => ({
      username,
      password,
      subscriptions: [...subscriptions],
    })),
    enterpriseKey: options.enterpriseKey,
    kaedim: kaedim.control,
    imagine: imagine.control,
    threeDVerse: threeDVerse.control,
    close,
    requests: (filter) => journal.list(filter),
    clearRequests: () => journal.clear(),
    addFault: (fault) => faults.add(fault),
    faults: () => faults.list(),
    removeFault: (id) => faults.remove(id),
    clearFaults: () => faults.clear(),
    state: () => readState(parts),
    patchState: (patch) => patchState(parts, patch),
    counters: (username) => quota.counters(username === undefined ? undefined : findAccount(accounts, username).userId),
    setCounter: (productId, count, username) => quota.setUsed(findAccount(accounts, username).userId, productId, count),
    advanceClock: (byMs) => clock.advance(byMs),
    expireTokens: () => tokens.expireAll(),
    setLastUpdated: (lastUpdated) => catalog.setLastUpdated(lastUpdated),
    setSubscriptions: (username, subscriptions) => patchState(parts, { accounts: [{ username, subscriptions }] }),
    updateProduct: (productId, update) => catalog.update(productId, update),
    withdrawProduct: (productId, change) => catalog.withdraw(productId, change),
    publishProduct: (productId, change) => catalog.publish(productId, change),
    addProduct: (product) => catalog.add(product),
    setCatalogFile: (type, text, change) => catalog.setCatalogFile(type, text, change?.touch),
  };
  const answerControl = createControl(sandbox);
  const startHost = async (host: HostName, port: number) => {
    const answer = answers[host];
    if (answer === undefined) throw new Error(`No provider answers for the host ${host}.`);
    const server = createHostServer({
      host,
      clock,
      journal,
      faults,
      refusal: ({ method, url, headers, bodyBytes }) => ({
        leak:
          leakedCredential({ host, url, headers, isToken: tokens.occursIn, enterpriseKey: options.enterpriseKey }) ??
          foreignSecret({ host, url, headers, secrets: providers.flatMap((provider) => provider.secrets()) }),
        missing: switches.strict ? missingHeader({ host, method, headers, bodyBytes }) : undefined,
      }),
      answer,
      answerControl,
    });
    servers.push(server);
    return listen(server, port);
  };

  try {
    const controlServer = createServer((request, response) => {
      answerControl(request, response).catch(() => response.destroy());
    });
    servers.push(controlServer);
    sandbox.control = await listen(controlServer, options.port);
    for (const [index, host] of hostNames.entries()) {
      origins[host] = await startHost(host, options.port === 0 ? 0 : options.port + 1 + index);
    }
    await feeds.build();
  } catch (error) {
    await close();
    throw error;
  }
  return sandbox;
}
