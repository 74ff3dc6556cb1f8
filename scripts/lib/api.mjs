/** A few lines of REST client for the scripts: JSON in, JSON out, and the problem document's words when it fails. */

export class ApiError extends Error {
  constructor(status, problem, what) {
    super(`${what}: ${status} ${problem?.code ?? ''} ${problem?.detail ?? ''}`.trim())
    this.status = status
    this.problem = problem
  }
}

/** @returns `{ get, post, patch, put, delete }`, each `(path, body?) → the parsed answer` */
export function apiClient(baseUrl, key) {
  const call = (method) => async (path, body) => {
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    })
    const text = await response.text()
    const answer = text ? JSON.parse(text) : undefined
    if (!response.ok) throw new ApiError(response.status, answer, `${method} ${path}`)
    return answer
  }
  return { get: call('GET'), post: call('POST'), patch: call('PATCH'), put: call('PUT'), delete: call('DELETE') }
}
