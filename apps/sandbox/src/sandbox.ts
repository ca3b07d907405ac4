import type { ThreeDVerseControl } from "./3dverse/three-d-verse.ts";
import type { NewProduct, ProductUpdate } from "./catalog/catalog.ts";
import type { AssetType } from "./catalog/sample-shop.ts";
import type { Fault } from "./faults/fault.ts";
import type { FaultReport } from "./faults/fault-list.ts";
import type { Origins } from "./host-name.ts";
import type { ImagineControl } from "./imagine/control.ts";
import type { JournalEntry, JournalFilter } from "./journal.ts";
import type { KaedimControl } from "./kaedim/control.ts";
import type { SandboxState, StatePatch } from "./state.ts";

/** A running sandbox. Everything that `/_sandbox` offers over HTTP is here as a method. */
export interface Sandbox {
  /** Where each of the vendor's hosts answers. */
  origins: Origins;
  /** The origin of `/_sandbox`; it answers on every host's port as well. */
  control: string;
  accounts: { username: string; password: string; subscriptions: string[] }[];
  enterpriseKey: string;
  /** Drives the Kaedim of the sandbox. */
  kaedim: KaedimControl;
  /** Drives the Imagine of the sandbox, bucket and media included. */
  imagine: ImagineControl;
  /** Drives the 3dverse of the sandbox. */
  threeDVerse: ThreeDVerseControl;
  /** Ends every server and every connection. */
  close(): Promise<void>;

  /** The journal, oldest first: copies, so later answers do not change them. */
  requests(filter?: JournalFilter): JournalEntry[];
  clearRequests(): void;

  /** Adds a fault and gives its number; a wrong one throws `InvalidInputError`. */
  addFault(fault: Fault): number;
  faults(): FaultReport[];
  removeFault(id: number): boolean;
  clearFaults(): void;

  state(): SandboxState;
  patchState(patch: StatePatch): void;
  /** Product number to count: of one account by its name, or summed over all. */
  counters(username?: string): Record<string, number>;
  /** Sets a product's counter, of the first account unless one is named. */
  setCounter(productId: number, count: number, username?: string): void;
  advanceClock(byMs: number): void;
  /** Every token issued so far is answered "Expired token" from now on. */
  expireTokens(): void;
  /** Moves the blog's `last_updated`, to now or to the given text. */
  setLastUpdated(lastUpdated?: string): void;
  setSubscriptions(username: string, subscriptions: string[]): void;

  /** Changes a product's record and, unless told to keep it, its archive. */
  updateProduct(productId: number, update?: ProductUpdate): void;
  /** Takes a product out of the feed and the shop. */
  withdrawProduct(productId: number, options?: { touch?: boolean | undefined }): void;
  /** Brings a withdrawn product back, or makes a draft public. */
  publishProduct(productId: number, options?: { touch?: boolean | undefined }): void;
  addProduct(product: NewProduct): number;
  setCatalogFile(type: AssetType, text: string, options?: { touch?: boolean | undefined }): void;
}
