/** A Postgres server that a test may stop, crash and start again: same data, same port. */
import { randomBytes } from 'node:crypto'
import { startPostgres } from '../../scripts/lib/postgres.mjs'

interface Running {
  readonly url: string
  readonly port: number
  readonly nativeDir: string
  stop(options?: { mode?: 'fast' | 'immediate'; keep?: boolean }): Promise<void>
}

export class OwnPostgres {
  private constructor(
    private readonly options: { readonly dir: string; readonly password: string; readonly flags: readonly string[] },
    private running: Running,
  ) {}

  static async start(dir: string, flags: readonly string[] = []): Promise<OwnPostgres> {
    const options = { dir, password: randomBytes(15).toString('base64url'), flags }
    return new OwnPostgres(options, await startPostgres(options as never))
  }

  get url(): string {
    return this.running.url
  }
  get port(): number {
    return this.running.port
  }
  get nativeDir(): string {
    return this.running.nativeDir
  }

  /** `fast` ends sessions in good order, `immediate` is a crash. */
  async down(mode: 'fast' | 'immediate'): Promise<void> {
    await this.running.stop({ mode, keep: true })
  }
  async up(): Promise<void> {
    this.running = await startPostgres({ ...this.options, port: this.port } as never)
  }
  /** For good. */
  async stop(): Promise<void> {
    await this.running.stop({ mode: 'immediate' })
  }
}
