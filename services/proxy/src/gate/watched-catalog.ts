/** A database's newest snapshot, and when it is read anew besides every 30 s: for an unknown name, and after DDL. */
import type { Catalog } from '@pgbeam/policy'

export interface CatalogView {
  readonly current: Catalog
  /** Reads it anew, for a name that it does not have. Settles when that is done or has failed; many who ask share one reading. */
  refresh(): Promise<void>
}

/** However often one is asked for, the database is read this often at most. */
const ON_DEMAND_EVERY_MS = 1000

export class WatchedCatalog implements CatalogView {
  current!: Catalog
  users = 0
  timer: NodeJS.Timeout | undefined
  loading: Promise<void> | undefined
  load: () => Promise<void> = () => Promise.resolve()
  private readAtMs = -Infinity
  private refreshing: Promise<void> | undefined
  /** Something changed since the last reading began. */
  private behind = false

  loaded(catalog: Catalog): void {
    // The same content keeps its object, and with it every verdict that was reached under it.
    if ((this.current as Catalog | undefined)?.version !== catalog.version) this.current = catalog
    this.readAtMs = performance.now()
  }

  refresh(): Promise<void> {
    return (this.refreshing ??= this.readAgain().finally(() => {
      this.refreshing = undefined
      if (this.behind) void this.refresh()
    }))
  }

  /** A reading that is under way may have begun too early to see it: then another one follows. */
  changed(): void {
    if (this.users === 0) return
    this.behind = true
    void this.refresh()
  }

  private async readAgain(): Promise<void> {
    const waitMs = this.readAtMs + ON_DEMAND_EVERY_MS - performance.now()
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs))
    this.behind = false
    this.readAtMs = performance.now() // a reading that fails counts, too
    await this.load().catch(() => undefined) // the last one stays in force: the name stays unknown
  }
}
