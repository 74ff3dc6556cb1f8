import type { DatabaseTarget } from '@pgbeam/contracts'
import { parseId } from '@pgbeam/kernel'
import type { Database as DatabaseRow } from '../generated/prisma/client.js'

/** Where a database is and who PgBeam is there, without the password. */
export function targetOf(row: Pick<DatabaseRow, 'id' | 'host' | 'port' | 'name' | 'username' | 'sslMode' | 'sslCa' | 'role' | 'queryTimeoutMs'>): Omit<DatabaseTarget, 'password_jwe'> {
  return {
    id: parseId('DatabaseId', row.id),
    host: row.host,
    port: row.port,
    name: row.name,
    username: row.username,
    ssl_mode: row.sslMode as DatabaseTarget['ssl_mode'],
    ssl_ca: row.sslCa,
    role: row.role as DatabaseTarget['role'],
    query_timeout_ms: row.queryTimeoutMs,
  }
}
