declare const brand: unique symbol
/** A type that is made at one door only: a plain `T` does not pass for it. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name }

/** For the default of a switch over a union: a new case does not compile until it is handled. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${String(value)}`)
}
