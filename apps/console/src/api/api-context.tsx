import { createContext, useContext } from "react";
import type { ApiClient } from "./api-client.ts";

export interface SignedIn {
  readonly api: ApiClient;
  /** Stands in the addresses of pictures; see `picturePath` of the contract. */
  readonly pictureKey: string;
}

export const SignedInContext = createContext<SignedIn | null>(null);

function useSignedIn(): SignedIn {
  const signedIn = useContext(SignedInContext);
  if (signedIn === null) throw new Error("Only what is signed in may ask the API");
  return signedIn;
}

export const useApi = (): ApiClient => useSignedIn().api;
export const usePictureKey = (): string => useSignedIn().pictureKey;
