import { type Logger } from 'pino';
export type Log = Logger;
/** JSON lines on standard output; each carries the trace it belongs to. */
export declare function createLog(level: string): Log;
