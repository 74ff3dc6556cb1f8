import { PgBeamError } from '@pgbeam/kernel';
/** The database could not be reached, or did not do what it must. */
export class UpstreamUnavailable extends PgBeamError {
    code = 'ERR_UPSTREAM_UNAVAILABLE';
    fault = 'upstream';
    sqlState;
    constructor(message, cause, sqlState = '08006', hint = 'Ask the operator to run test-connection on this database.') {
        super(message, hint, cause);
        this.sqlState = sqlState;
    }
}
/** TLS with the database is not what its `ssl_mode` demands: nothing secret was sent. */
export class UpstreamTlsRefused extends PgBeamError {
    code = 'ERR_UPSTREAM_TLS';
    fault = 'upstream';
    sqlState = '08006';
    constructor(message, cause) {
        super(message, "Check the database's ssl_mode, its CA certificate and its host name.", cause);
    }
}
/** The database itself said no; its SQLSTATE and message are kept, for they say what is wrong. */
export class UpstreamRefused extends PgBeamError {
    sqlState;
    code = 'ERR_UPSTREAM_REFUSED';
    fault = 'upstream';
    constructor(sqlState, message) {
        super(message, 'The database refused the connection; ask the operator to check its stored credentials and limits.');
        this.sqlState = sqlState;
    }
}
//# sourceMappingURL=errors.js.map