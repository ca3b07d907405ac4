import type { ApiClient } from "./api-client.ts";

/** Numbers of the products a person named by number or slug. A slug that the catalog does not have is an error. */
export async function findProductNumbers(client: ApiClient, written: readonly string[]): Promise<number[]> {
  const numbers: number[] = [];
  for (const id of written) {
    // A number need not be in the catalog: a withdrawn product's asset can still be verified and repaired.
    const product = isNumber(id) ? { productId: Number(id) } : await client.show({ id });
    numbers.push(product.productId);
  }
  return numbers;
}

export function isNumber(id: string): boolean {
  return /^[1-9]\d{0,14}$/.test(id);
}
