/** How page and daemon stand to each other. */
export type Connection =
  | { readonly state: "connecting" }
  | { readonly state: "connected" }
  /** Nobody answers; asked again by itself. */
  | { readonly state: "gone" }
  /** Another version answers than the one this page came from. */
  | { readonly state: "upgraded"; readonly version: string };

export interface ConnectionStore {
  get(): Connection;
  set(connection: Connection): void;
  subscribe(changed: () => void): () => void;
}

export function createConnectionStore(): ConnectionStore {
  const receivers = new Set<() => void>();
  let connection: Connection = { state: "connecting" };
  return {
    get: () => connection,
    set(next) {
      if (next.state === connection.state) return;
      connection = next;
      for (const receive of receivers) receive();
    },
    subscribe(changed) {
      receivers.add(changed);
      return () => void receivers.delete(changed);
    },
  };
}
