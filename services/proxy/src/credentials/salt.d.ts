import type { Secret } from '@pgbeam/kernel';
/**
 * The SCRAM salt of a user name, real or not: 16 bytes of HMAC-SHA-256 under the cluster's secret. It never changes, so a
 * transcript does not tell whether, or since when, a credential exists. (Issued passwords carry 128 bits and more: a
 * stable salt costs nothing.)
 */
export declare function saltOf(secret: Secret<Buffer>, user: string): Buffer;
