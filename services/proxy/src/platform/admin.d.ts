/** Health and metrics on an address of their own, for the platform alone. */
import { type Server } from 'node:http';
export interface AdminParts {
    readonly ready: () => boolean;
    readonly metrics: () => Promise<string>;
}
export declare function createAdmin({ ready, metrics }: AdminParts): Server;
