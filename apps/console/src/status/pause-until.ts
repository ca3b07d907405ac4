/** When "until tomorrow morning" ends: at seven, local time, of the day that follows `now`. */
export function tomorrowMorningMs(now: Date): number {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, 7).getTime();
}
