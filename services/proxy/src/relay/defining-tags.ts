/** Which statements may have changed what a database's catalog says, by the first two letters of their command tags. */

/** CREATE, ALTER, DROP, IMPORT FOREIGN SCHEMA; DO and CALL, which may hold any of them. CREATE TABLE AS says SELECT: its name is new. */
const STARTS = ['CR', 'AL', 'DR', 'IM', 'DO', 'CA']
const KNOWN = new Set(STARTS.map((start) => (start.charCodeAt(0) << 8) | start.charCodeAt(1)))

/** @param at where the tag of a CommandComplete starts; one that is not there yet counts as one of them */
export function mayDefine(chunk: Buffer, at: number, end: number): boolean {
  return at + 2 > end || KNOWN.has(((chunk[at] as number) << 8) | (chunk[at + 1] as number))
}
