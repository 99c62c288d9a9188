// format -- figures as every report of the program shows them. They come rounded; here they only become text.
// SPDX-License-Identifier: MIT

const THIN = "\u202f";

/** 1234567 as "1 234 567", with thin spaces. */
export function count(n) {
  return String(n).replace(/\B(?=(\d{3})+(?!\d))/g, THIN);
}

/** Milliseconds: whole from 10 on, with decimals below, as the tables on the terminal have them. */
export function time(ms) {
  if (ms === null || ms === undefined) return "";
  const decimals = ms === 0 || ms >= 9.995 ? 0 : ms >= 0.0995 ? 2 : 3;
  return count(ms.toFixed(decimals));
}

export function rate(n) {
  const [whole, part] = n.toFixed(2).split(".");
  return count(whole) + "." + part;
}

export function percent(n) {
  return n.toFixed(2) + "%";
}

const UNITS = ["B", "KB", "MB", "GB", "TB"];

export function bytes(n) {
  let unit = 0;
  while (n >= 1000 && unit < UNITS.length - 1) {
    n /= 1000;
    unit++;
  }
  return (unit === 0 ? String(Math.round(n)) : n.toFixed(1)) + " " + UNITS[unit];
}

/** "1h 3m 20s"; seconds below ten with a decimal. */
export function duration(seconds) {
  if (seconds < 10) return seconds.toFixed(1).replace(/\.0$/, "") + "s";
  const s = Math.round(seconds);
  const parts = [];
  if (s >= 3600) parts.push(Math.floor(s / 3600) + "h");
  if (s >= 60) parts.push(Math.floor((s % 3600) / 60) + "m");
  parts.push((s % 60) + "s");
  return parts.join(" ");
}

/** A place in the run: "4:05", "1:02:03". */
export function elapsed(seconds) {
  const s = Math.max(0, Math.round(seconds));
  const two = (n) => String(n).padStart(2, "0");
  const minutes = Math.floor(s / 60);
  return minutes < 60 ? minutes + ":" + two(s % 60) : Math.floor(minutes / 60) + ":" + two(minutes % 60) + ":" + two(s % 60);
}

/** A moment, in the reader's time zone, which is named. */
export function moment(wall) {
  return new Date(wall * 1000).toLocaleString(undefined, {
    year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit",
    timeZoneName: "short",
  });
}

/** A number of a metric, which may be of any size. */
export function number(n) {
  if (Number.isInteger(n) && Math.abs(n) < 1e15) return n < 0 ? "-" + count(-n) : count(n);
  return String(n);
}
