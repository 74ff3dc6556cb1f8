/** Queries of the proxy's own over an upstream session, with pg-protocol's parser: the catalog and the probe use it, the relay never. */
import { parse, serialize } from 'pg-protocol';
import { UpstreamUnavailable } from './errors.js';
export class QueryClient {
    upstream;
    rows = [];
    failure;
    waiter;
    gone = false;
    constructor(upstream) {
        this.upstream = upstream;
        void parse(upstream.stream, this.onMessage);
        upstream.stream.on('close', this.onClose);
        upstream.stream.on('end', this.onClose);
        upstream.stream.resume();
    }
    /** Runs one statement; every column comes as text or null. One at a time. */
    query(sql) {
        if (this.gone)
            return Promise.reject(new UpstreamUnavailable('the database closed the connection'));
        return new Promise((resolve, reject) => {
            this.rows = [];
            this.failure = undefined;
            this.waiter = { resolve, reject };
            this.upstream.stream.write(serialize.query(sql));
        });
    }
    close() {
        this.gone = true;
        this.upstream.stream.end(serialize.end());
        const raw = this.upstream.raw;
        setTimeout(() => raw.destroy(), 1000).unref();
    }
    onMessage = (message) => {
        switch (message.name) {
            case 'dataRow':
                this.rows.push(message.fields);
                return;
            case 'error':
                this.failure = message;
                return;
            case 'readyForQuery': {
                const waiter = this.waiter;
                this.waiter = undefined;
                if (this.failure)
                    waiter?.reject(this.failure);
                else
                    waiter?.resolve(this.rows);
                return;
            }
            default:
                return;
        }
    };
    onClose = () => {
        this.gone = true;
        this.waiter?.reject(this.failure ?? new UpstreamUnavailable('the database closed the connection'));
        this.waiter = undefined;
    };
}
//# sourceMappingURL=query-client.js.map