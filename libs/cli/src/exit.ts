/** How the command ends: its exit codes, and one line for everything that goes wrong. */

/** As in docs/cli.md. Scripts rely on them. */
export const exitCodes = {
  ok: 0, failure: 1, usage: 2, declined: 3, authentication: 4, notFound: 5, conflict: 6, rateLimited: 7, policyDenied: 8, interrupted: 130,
} as const
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** The end of the command with this code and line. */
export class CliError extends Error {
  override readonly name = 'CliError'
  constructor(
    readonly exitCode: ExitCode,
    message: string,
    /** What to do about it. */
    readonly hint?: string,
  ) {
    super(message)
  }
}

export const usage = (message: string, hint?: string): CliError => new CliError(exitCodes.usage, message, hint)

interface ApiProblemLike {
  readonly name: 'ApiProblem'
  readonly status: number
  readonly code: string
  readonly message: string
  readonly requestId?: string
  readonly retryAfterSeconds?: number
  readonly fields: readonly { field: string; code: string; detail: string }[]
}
interface ConnectionProblemLike {
  readonly name: 'ConnectionProblem'
  readonly reason: string
  readonly message: string
}

/** What to print for anything thrown, and the code to end with. By name, so that the client is loaded only where it is used. */
export function describe(thrown: unknown): CliError {
  if (thrown instanceof CliError) return thrown
  const { name } = thrown as { name?: unknown }
  if (name === 'ApiProblem') return describeProblem(thrown as ApiProblemLike)
  if (name === 'ConnectionProblem') return describeConnection(thrown as ConnectionProblemLike)
  const { message, code } = thrown as NodeJS.ErrnoException
  return new CliError(exitCodes.failure, message ?? String(thrown), code === 'EACCES' || code === 'EPERM' ? 'The files of pgbeam must be yours: see who owns that one.' : undefined)
}

function describeProblem(problem: ApiProblemLike): CliError {
  const { status, code, requestId } = problem
  const where = [code, requestId && `request ${requestId}`].filter(Boolean).join(', ')
  const line = (words: string): string => `${words} (${where})`
  const words = problem.message || code
  switch (status) {
    case 400: {
      const notYet = problem.fields.length > 0 && problem.fields.every((field) => field.code === 'not_available')
      return new CliError(notYet ? exitCodes.failure : exitCodes.usage, line(words))
    }
    case 401: return new CliError(exitCodes.authentication, line(words), 'The key is wrong, revoked or expired: pgbeam auth login --api-key stores another, pgbeam auth status says which one is used.')
    case 403: return new CliError(exitCodes.authentication, line(words), 'The key is valid but may not do this: pgbeam auth whoami says what it is held to.')
    case 404: return new CliError(exitCodes.notFound, line(words))
    case 409:
    case 412: return new CliError(exitCodes.conflict, line(words))
    case 429: return new CliError(exitCodes.rateLimited, line(words), problem.retryAfterSeconds === undefined ? 'Try again in a while.' : `Try again in ${Math.ceil(problem.retryAfterSeconds)} s.`)
    default: return new CliError(exitCodes.failure, line(words))
  }
}

const HINTS: Readonly<Record<string, string>> = {
  refused: 'Is PgBeam running (npm start), and is this its address? PGBEAM_API_URL or the profile sets it; pgbeam doctor looks closer.',
  dns: 'Check the address: PGBEAM_API_URL or the profile sets it (pgbeam auth status).',
  timeout: 'Is the address right, and is a firewall in between? pgbeam doctor looks closer.',
  certificate: 'Renew the certificate, or name its authority in NODE_EXTRA_CA_CERTS; pgbeam doctor looks closer.',
}
const describeConnection = ({ reason, message }: ConnectionProblemLike): CliError => new CliError(exitCodes.failure, message, HINTS[reason])
