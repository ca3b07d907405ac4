import { useEffect, useState } from "react";

/** `value` once it has stayed the same for `ms`; at once where `isUrgent`. Compared by `key`. */
export function useSettled<T>(value: T, { key, ms, isUrgent }: { key: string; ms: number; isUrgent: boolean }): T {
  const [settled, settle] = useState({ key, value });
  const isSame = settled.key === key;
  useEffect(() => {
    if (isSame) return;
    const timer = setTimeout(() => settle({ key, value }), isUrgent ? 0 : ms);
    return () => clearTimeout(timer);
  });
  return isUrgent ? value : settled.value;
}
