/**
 * What the gate knows of each database: one snapshot, shared by its sessions, read over a connection of the proxy's own
 * before the first restricted session is let in, and again every 30 s while there are any.
 */
import { type Catalog } from '@pgbeam/policy';
import type { Connector } from '../connect/connector.js';
import type { DatabaseTarget } from '../credentials/credential.js';
/** A database's newest snapshot. */
export interface CatalogView {
    readonly current: Catalog;
}
export declare class Catalogs {
    private readonly connector;
    private readonly onError;
    private readonly watched;
    constructor(connector: Connector, onError: (databaseId: string, error: unknown) => void);
    /** Loads the catalog where it is not known yet, and keeps it fresh until `release`. */
    acquire(target: DatabaseTarget): Promise<{
        view: CatalogView;
        release: () => void;
    }>;
    private schedule;
    private load;
}
