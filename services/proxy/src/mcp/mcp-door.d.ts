import { type Server } from 'node:https';
import type { CredentialStore } from '../credentials/credential-store.js';
import type { ServerCertificate } from '../listen/server-certificate.js';
export declare function createMcpDoor(certificate: ServerCertificate, store: CredentialStore, nowMs: () => number): Server;
