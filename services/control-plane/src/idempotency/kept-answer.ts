/** An answer as it is kept: enough to give it again word for word. */
export interface KeptAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** JSON; null for an answer without a body. */
  readonly body: string | null
}

/** Headers that belong to the answer. Others belong to the request (its id, the limits of its key) or to the connection. */
export const headersThatMatter = ['ETag', 'Location', 'Link', 'PgBeam-Enforcement', 'Preference-Applied'] as const

/** What went wrong by chance or for now is not kept: the same request may well succeed later. */
export const isKept = (status: number): boolean => status < 500 && status !== 408 && status !== 429
