/** Logins by outcome, for the metrics. */
class LoginCounts {
    succeededTotal = 0;
    failedByCode = new Map();
    succeeded() {
        this.succeededTotal++;
    }
    failed(code) {
        this.failedByCode.set(code, (this.failedByCode.get(code) ?? 0) + 1);
    }
}
export const logins = new LoginCounts();
//# sourceMappingURL=login-counts.js.map