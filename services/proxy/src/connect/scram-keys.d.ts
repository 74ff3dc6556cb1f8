import { type ClientKeys } from '@pgbeam/scram';
import type { Secret } from '@pgbeam/kernel';
export declare function upstreamKeys(password: Secret, salt: Buffer, iterations: number): Promise<ClientKeys>;
