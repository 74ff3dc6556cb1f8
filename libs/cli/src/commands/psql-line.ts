/** The psql line for a connection string, without its password: psql asks for it. */

/** @param caFile the authority of the proxy's certificate; without one libpq's own place for it is used */
export function psqlLine(connectionString: string, caFile: string | undefined): string {
  const url = new URL(connectionString)
  url.password = ''
  url.searchParams.set('sslmode', 'verify-full')
  if (caFile !== undefined) url.searchParams.set('sslrootcert', caFile)
  return `psql "${url.toString().replaceAll('%2F', '/')}"`
}
