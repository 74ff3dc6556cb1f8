/** Something that tells its listeners whenever there is something new to look at. */
export interface NewsSource {
  /** @returns what ends the listening */
  onNews(listener: () => void): () => void
}

/** Resolves at the next piece of news, or when the time is over: whoever waits looks again either way. */
export function nextNews(source: NewsSource, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      stop()
      resolve()
    }
    const timer = setTimeout(done, timeoutMs)
    const stop = source.onNews(done)
  })
}
