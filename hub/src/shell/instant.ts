import { LANGUAGE, words } from '../words';

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['week', 7 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

const relative = new Intl.RelativeTimeFormat(LANGUAGE, { numeric: 'auto' });
const absolute = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: 'long', timeStyle: 'long' });
const day = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: 'long' });

/** "3 hours ago". What lies ahead is a clock that is wrong, and is shown as now. */
export function ago(instant: string, now: number): string {
  const seconds = (now - Date.parse(instant)) / 1000;
  const unit = UNITS.find(([, length]) => seconds >= length);
  return unit ? relative.format(-Math.floor(seconds / unit[1]), unit[0]) : words.time.now;
}

/** The whole instant with its zone, to the second. */
export function inFull(instant: string): string {
  return absolute.format(new Date(instant));
}

export function dayOf(instant: string): string {
  return day.format(new Date(instant));
}

/** Whether an instant is within so many days before now. */
export function within(instant: string | null | undefined, days: number, now: number): boolean {
  return instant != null && now - Date.parse(instant) <= days * 86_400_000;
}
