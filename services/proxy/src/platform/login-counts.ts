/** Logins by outcome, for the metrics. */
class LoginCounts {
  succeededTotal = 0
  readonly failedByCode = new Map<string, number>()
  succeeded(): void {
    this.succeededTotal++
  }
  failed(code: string): void {
    this.failedByCode.set(code, (this.failedByCode.get(code) ?? 0) + 1)
  }
}
export const logins = new LoginCounts()
