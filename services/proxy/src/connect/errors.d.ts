import { PgBeamError } from '@pgbeam/kernel';
/** The database could not be reached, or did not do what it must. */
export declare class UpstreamUnavailable extends PgBeamError {
    readonly code = "ERR_UPSTREAM_UNAVAILABLE";
    readonly fault = "upstream";
    readonly sqlState: string;
    constructor(message: string, cause?: unknown, sqlState?: string, hint?: string);
}
/** TLS with the database is not what its `ssl_mode` demands: nothing secret was sent. */
export declare class UpstreamTlsRefused extends PgBeamError {
    readonly code = "ERR_UPSTREAM_TLS";
    readonly fault = "upstream";
    readonly sqlState = "08006";
    constructor(message: string, cause?: unknown);
}
/** The database itself said no; its SQLSTATE and message are kept, for they say what is wrong. */
export declare class UpstreamRefused extends PgBeamError {
    readonly sqlState: string;
    readonly code = "ERR_UPSTREAM_REFUSED";
    readonly fault = "upstream";
    constructor(sqlState: string, message: string);
}
