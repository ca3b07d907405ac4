import type { ChargingModel } from "@org/sandbox";

/** When a shop counts a download. Nobody knows the real shop's, so every promise about money must hold in each. */
export const chargingModels: readonly ChargingModel[] = ["link", "first-byte", "completion", "every-request"];
