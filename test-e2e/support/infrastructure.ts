/** The servers around PgBeam, as the tests see them: started here, embedded or in containers (see infrastructure-choice.mjs). */
import { createInfrastructure } from './infrastructure-choice.mjs'

export interface PostgresServer {
  /** The superuser's. */
  readonly url: string
  readonly port: number
  /** Where libpq 18 is (`lib/`), for psql with newer connection options. */
  readonly nativeDir: string
  stop(options?: { mode?: 'fast' | 'immediate'; keep?: boolean }): Promise<void>
}
export interface NatsServer {
  readonly url: string
  readonly port: number
  stop(options?: { signal?: NodeJS.Signals }): Promise<void>
}
export interface PostgresOptions {
  readonly dir: string
  readonly password: string
  readonly port?: number
  readonly flags?: readonly string[]
  readonly ssl?: { readonly certFile: string; readonly keyFile: string }
  readonly version?: 15 | 18
}
export interface Infrastructure {
  readonly kind: string
  startPostgres(options: PostgresOptions): Promise<PostgresServer>
  startNats(options: { dir: string; port?: number }): Promise<NatsServer>
}

let chosen: Promise<Infrastructure> | undefined
export function infrastructure(): Promise<Infrastructure> {
  return (chosen ??= createInfrastructure() as Promise<Infrastructure>)
}

export interface SharedServer {
  readonly url: string
  readonly port: number
  readonly nativeDir: string
}
/** The servers that all files share. */
export function shared(): { readonly control: SharedServer; readonly upstream: SharedServer } {
  const text = process.env.PGBEAM_E2E_SHARED
  if (!text) throw new Error('the end-to-end tests run with test-e2e/jest.config.mjs, which starts their servers')
  return JSON.parse(text) as { control: SharedServer; upstream: SharedServer }
}
