/** A request on NATS that was understood and is refused; the proxy is told the code. */
export class RefusedRequest extends Error {
  constructor(
    readonly code: string,
    detail: string,
  ) {
    super(detail)
  }
}
