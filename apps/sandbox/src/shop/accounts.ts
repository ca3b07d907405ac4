/** An account of the shop. */
export interface Account {
  userId: number;
  /** The e-mail address; signing in works with it and with the nicename. */
  username: string;
  password: string;
  nicename: string;
  displayName: string;
  /** The statuses of its subscriptions, in the answer's order: `active`, `cancelled`, `expired`, or any other word. */
  subscriptions: string[];
}

export interface AccountOptions {
  username: string;
  password: string;
  /** Default: one active subscription. An empty list never subscribed. */
  subscriptions?: string[] | undefined;
  nicename?: string | undefined;
  displayName?: string | undefined;
}

/** The accounts of a sandbox that was told of none. */
export const defaultAccounts: readonly AccountOptions[] = [
  { username: "artist@example.com", password: "sandbox", displayName: "Sample Artist" },
  { username: "expired@example.com", password: "sandbox", subscriptions: ["expired"] },
  { username: "never@example.com", password: "sandbox", subscriptions: [] },
];

const firstUserId = 5101;

export function createAccounts(given: readonly AccountOptions[]): Account[] {
  return given.map((options, index) => {
    const nicename = options.nicename ?? options.username.split("@")[0] ?? options.username;
    return {
      userId: firstUserId + index,
      username: options.username,
      password: options.password,
      nicename,
      displayName: options.displayName ?? nicename,
      subscriptions: [...(options.subscriptions ?? ["active"])],
    };
  });
}

export function hasActiveSubscription(account: Account): boolean {
  return account.subscriptions.includes("active");
}
