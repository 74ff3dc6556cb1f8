const REDACTED = '<secret>'
const inspect = Symbol.for('nodejs.util.inspect.custom')

/** A value that never prints: logs, JSON, templates and the inspector show `<secret>`. `reveal()` is the one way out. */
export class Secret<T extends string | Uint8Array = string> {
  readonly #value: T
  constructor(value: T) {
    this.#value = value
  }
  reveal(): T {
    return this.#value
  }
  toString(): string {
    return REDACTED
  }
  toJSON(): string {
    return REDACTED
  }
  [inspect](): string {
    return REDACTED
  }
}
