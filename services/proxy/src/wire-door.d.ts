import { type Server } from 'node:net';
import { type Secret } from '@pgbeam/kernel';
import type { Canceller } from './connect/canceller.js';
import type { Connector } from './connect/connector.js';
import type { CredentialStore } from './credentials/credential-store.js';
import type { Catalogs } from './gate/catalogs.js';
import type { LargeTextJudge } from './gate/large-texts.js';
import type { VerdictTables } from './gate/verdict-tables.js';
import type { ServerCertificate } from './listen/server-certificate.js';
import { WaitingRoom } from './listen/waiting-room.js';
import type { Log } from './platform/log.js';
import type { SessionRegistry } from './relay/session-registry.js';
export interface WireDoorParts {
    readonly certificate: ServerCertificate;
    readonly store: CredentialStore;
    readonly sessions: SessionRegistry;
    readonly connector: Connector;
    readonly canceller: Canceller;
    readonly catalogs: Catalogs;
    readonly verdicts: VerdictTables;
    readonly largeTexts: LargeTextJudge;
    readonly saltSecret: Secret<Buffer>;
    readonly cancel: (pid: number, key: Buffer) => Promise<void>;
    readonly nowMs: () => number;
    readonly noteLogin: (credentialId: string) => void;
    readonly log: Log;
    readonly loginDeadlineMs: number;
    readonly waitingRoomSeats: number;
}
export declare class WireDoor {
    private readonly parts;
    readonly server: Server;
    readonly waiting: WaitingRoom;
    private closing;
    constructor(parts: WireDoorParts);
    /** Takes no new connections; those that are logging in are told to try elsewhere. */
    close(): void;
    private accept;
    private login;
    /** Proof of the secret, and nothing else: whether its owner may come in is decided after. */
    private authenticated;
    private open;
}
