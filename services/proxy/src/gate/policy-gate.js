/** The gate of one session: the policy engine's verdicts, remembered by the bytes of the statement. */
import { checkStartupSetting, compilePolicy, decide, sessionGuards, TEXT_BYTES_MAX } from '@pgbeam/policy';
import { VerdictTables } from './verdict-tables.js';
/** Texts above this are parsed in a worker: parsing 2 MB here would stall every session for most of a second. */
const HERE_BYTES_MAX = 4096;
export function compile(policy, queryTimeoutMs) {
    return compilePolicy({
        id: policy.id,
        version: policy.version,
        accessMode: policy.access_mode,
        statementTimeoutMsMax: queryTimeoutMs > 0 ? queryTimeoutMs : null,
    });
}
/** Whether sessions under this policy need the database's catalog. */
export const readsStatements = (policy) => policy.accessMode !== 'read_write';
export const denialOf = (decision) => decision.allowed
    ? undefined
    : { sqlState: decision.sqlState, message: decision.message, detail: decision.detail, hint: decision.hint };
const FUNCTION_CALL = {
    sqlState: '42501',
    message: 'function calls by oid (the fast-path protocol) are refused',
    detail: 'rule: function_call',
    hint: 'Call the function in a SELECT.',
};
export class PolicyGate {
    policy;
    catalog;
    tables;
    large;
    reads;
    textBytesMax = TEXT_BYTES_MAX;
    watched;
    slots;
    slotsCatalog;
    constructor(policy, 
    /** Undefined where the policy does not read statements. */
    catalog, tables, large) {
        this.policy = policy;
        this.catalog = catalog;
        this.tables = tables;
        this.large = large;
        this.reads = readsStatements(policy);
        this.watched = new Map(Object.entries(sessionGuards(policy).watched));
    }
    judge(buffer, start, end, messageEnd, simple, onDecided) {
        const catalog = this.catalog?.current;
        // A Parse that declares types is remembered with them: a parameter's type can decide what a function call means.
        const typed = !simple && messageEnd > end + 3;
        const keyEnd = typed ? messageEnd : end;
        if (this.slots === undefined || catalog !== this.slotsCatalog) {
            this.slots = this.tables.of(this.policy, catalog);
            this.slotsCatalog = catalog;
        }
        const table = VerdictTables.slot(this.slots, simple ? 'simple' : typed ? 'typed' : 'extended');
        const known = table.find(buffer, start, keyEnd);
        if (known !== 'unknown')
            return known;
        const parameterTypes = typed ? declaredTypes(buffer, end + 1, messageEnd) : [];
        const request = { text: buffer.toString('utf8', start, end), protocol: simple ? 'simple' : 'extended', parameterTypes };
        if (end - start > HERE_BYTES_MAX) {
            this.large.judge(this.policy, catalog, request, (decision) => {
                onDecided(denialOf(decision));
            });
            return 'later';
        }
        const decision = decide(request.text, { policy: this.policy, catalog, protocol: request.protocol, parameterTypes });
        const denial = denialOf(decision);
        table.add(buffer, start, keyEnd, denial, !typed && decision.allowed && decision.literalFree);
        return denial;
    }
    tooLong() {
        return {
            sqlState: '54000',
            message: `a statement may have at most ${TEXT_BYTES_MAX} bytes under this policy`,
            detail: 'rule: size_limit',
            hint: 'Send large values as parameters, or split the statement.',
        };
    }
    functionCall() {
        return FUNCTION_CALL;
    }
}
/** Settings from a StartupMessage, judged as SET would be. The first that is refused is the answer. */
export function refusedSetting(policy, settings) {
    for (const [name, value] of settings) {
        const decision = checkStartupSetting(policy, name, value);
        if (decision)
            return denialOf(decision);
    }
    return undefined;
}
/** Parameter type oids of a Parse: a count, then the oids. */
function declaredTypes(buffer, at, end) {
    const types = [];
    for (let i = at + 2; i + 4 <= end; i += 4)
        types.push(buffer.readUInt32BE(i));
    return types;
}
//# sourceMappingURL=policy-gate.js.map