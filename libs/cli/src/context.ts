/** What one run of one command works with: where to print, whom to ask, and about which project. */
import type { Answer, Enforcement, PgBeam } from '@pgbeam/client'
import { readConfig, type Config } from './config-file.js'
import { CliError, exitCodes, usage } from './exit.js'
import { asCalled, variable, type Io } from './io.js'
import { findProject, type FoundProject, type ProjectName } from './project-lookup.js'
import { keyToSend, settingsFrom, type GlobalOptions, type Settings } from './settings.js'
import { styleFor, type Style } from './style.js'
import { fields, table, type Column } from './table.js'
import { VERSION } from './version.js'

const SECOND_MS = 1000
const WARN_DAYS = 14
const DAY_MS = 86_400_000

export class Context {
  readonly style: Style
  readonly errStyle: Style
  /** Standard output is written when all is well, so that a failure leaves nothing on it. */
  #printed = ''
  readonly #hints: string[] = []
  #config: Config | undefined
  #settings: Settings | undefined
  #api: Promise<PgBeam> | undefined
  #warnedOfExpiry = false

  constructor(
    readonly io: Io,
    readonly options: GlobalOptions,
  ) {
    this.style = styleFor(io, io.stdout, options.color !== false)
    this.errStyle = styleFor(io, io.stderr, options.color !== false)
  }

  get json(): boolean {
    return this.options.json === true
  }
  get config(): Config {
    return (this.#config ??= readConfig(this.io))
  }
  get settings(): Settings {
    return (this.#settings ??= settingsFrom(this.options, this.io, this.config))
  }

  /** Data, as people read it. */
  print(text: string): void {
    this.#printed += text === '' || text.endsWith('\n') ? text : `${text}\n`
  }
  printJson(value: unknown): void {
    this.print(JSON.stringify(value, null, 2))
  }
  /** What is printed so far; for `--watch`, which prints again and again. */
  take(): string {
    const text = this.#printed
    this.#printed = ''
    return text
  }
  /** Data first, then what one may do with it. */
  flush(): void {
    const text = this.take()
    if (text !== '') this.io.stdout.write(text)
    for (const line of this.#hints.splice(0)) this.note(this.errStyle.dim(asCalled(this.io, line)))
  }
  /** Anything that is not data. */
  note(text: string): void {
    this.io.stderr.write(`${text}\n`)
  }
  warn(text: string): void {
    this.note(`${this.errStyle.yellow('warning:')} ${text}`)
  }
  /** What one may do next; machines do not need it. */
  hint(...lines: readonly string[]): void {
    if (!this.json) this.#hints.push(...lines)
  }

  list<Row>(rows: readonly Row[], columns: readonly Column<Row>[], none: string): void {
    if (this.json) this.printJson(rows)
    else if (rows.length === 0) this.note(none)
    else this.print(table(rows, columns, this.style))
  }
  one(value: unknown, entries: Parameters<typeof fields>[0]): void {
    if (this.json) this.printJson(value)
    else this.print(fields(entries, this.style))
  }

  /** The API with the key of this command. */
  api(): Promise<PgBeam> {
    return (this.#api ??= this.connect(keyToSend(this.settings)))
  }

  async connect(key: string | undefined, apiUrl = this.settings.apiUrl): Promise<PgBeam> {
    const { createPgBeam } = await import('@pgbeam/client')
    return createPgBeam({ baseUrl: apiUrl, userAgent: `pgbeam-cli/${VERSION}`, timeoutMs: (this.options.timeout ?? 30) * SECOND_MS, ...(key !== undefined && { key }) })
  }

  /** The body of an answer; warns once when the key that was used ends soon. */
  body<Data>(answer: Answer<Data>): Data {
    const left = answer.keyExpiresAt && answer.keyExpiresAt.getTime() - Date.now()
    if (left !== undefined && left < WARN_DAYS * DAY_MS && !this.#warnedOfExpiry) {
      this.#warnedOfExpiry = true
      this.warn(`the API key ends in ${Math.max(0, Math.floor(left / DAY_MS))} days (${answer.keyExpiresAt?.toISOString()}): pgbeam keys rotate makes another`)
    }
    return answer.data
  }

  /** All entries of a list. */
  async all<Item>(pages: AsyncIterable<object>, key: string): Promise<Item[]> {
    const found: Item[] = []
    for await (const page of pages) found.push(...(page as Record<string, Item[]>)[key] ?? [])
    return found
  }

  async projects(): Promise<ProjectName[]> {
    return this.all<ProjectName>((await this.api()).pages('/v1/projects'), 'projects')
  }
  findProject(): Promise<FoundProject> {
    return findProject({
      flag: this.options.project,
      variable: variable(this.io, 'PGBEAM_PROJECT'),
      cwd: this.io.cwd,
      profileDefault: this.defaultProject,
      list: () => this.projects(),
    })
  }
  /** The profile's project is one of the profile's installation. */
  get defaultProject(): string | undefined {
    const { apiUrl, profile } = this.settings
    return profile?.api_url === apiUrl ? profile.project_id : undefined
  }
  async project(): Promise<string> {
    return (await this.findProject()).id
  }

  /** An organization by id, slug or name; without one the profile's, or the only one. */
  async organization(wanted?: string): Promise<{ id: string; name: string; slug: string; role: string }> {
    const { organizations } = this.body(await (await this.api()).get('/v1/organizations'))
    const name = wanted ?? this.settings.profile?.org_id
    if (name !== undefined) {
      const found = organizations.find(({ id, slug, name: title }) => [id, slug, title].includes(name))
      if (found) return found
      if (wanted !== undefined) throw new CliError(exitCodes.notFound, `there is no organization ${name}`, `There are: ${organizations.map(({ id, name: title }) => `${id} (${title})`).join(', ')}.`)
    }
    if (organizations.length === 1 && organizations[0]) return organizations[0]
    if (organizations.length === 0) throw usage('the key opens no organization')
    throw usage(`which organization? Name it with --org, or choose one with pgbeam orgs switch: ${organizations.map(({ id, name: title }) => `${id} (${title})`).join(', ')}`)
  }

  /** Says what proxies did about a change. @throws CliError 1 where they may still serve the state before */
  enforced(done: string, enforcement: Enforcement | undefined, project: string): void {
    const problem = this.tellEnforcement(done, enforcement, project)
    if (problem) throw problem
  }
  /** The same, for a change whose answer must be printed whatever the proxies did. */
  tellEnforcement(done: string, enforcement: Enforcement | undefined, project: string): CliError | undefined {
    if (!enforcement) {
      this.note(`${this.errStyle.green(done)}`)
      return undefined
    }
    const { enforced, proxies, fenced, passthroughUnconfirmed, elapsedMs, sessions, statements, backends, seq } = enforcement
    if (!enforced && passthroughUnconfirmed > 0) {
      const which = passthroughUnconfirmed === 1 ? '1 proxy that cannot be reached' : `${passthroughUnconfirmed} proxies that cannot be reached`
      return new CliError(exitCodes.failure, `${done}, but ${which} may go on serving applications with the stored user as before (on_control_loss: serve)`, `Look again: pgbeam api request GET /v1/projects/${project}/enforcement/${seq}`)
    }
    if (!enforced) {
      return new CliError(exitCodes.failure, `${done}, but not every proxy has confirmed it yet: some may still serve the state before`, `Look again: pgbeam api request GET /v1/projects/${project}/enforcement/${seq}`)
    }
    const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`
    if (proxies === 0) {
      this.note(`${this.errStyle.green(done)}: no proxy runs that could serve it`)
      return undefined
    }
    this.note(`${this.errStyle.green(done)}: enforced on ${proxies - fenced} of ${proxies} ${proxies === 1 ? 'proxy' : 'proxies'} in ${elapsedMs} ms, ${counted(sessions, 'session')} ended, ${counted(statements, 'statement')} cancelled`)
    if (fenced > 0) this.note(`${fenced === 1 ? '1 proxy' : `${fenced} proxies`} could not be reached and serve${fenced === 1 ? 's' : ''} nobody until the change has arrived there: enforced there too`)
    if (fenced > 0 && backends) this.note(ofBackends(backends))
    return undefined
  }
}

/** What became of the sessions that proxies which cannot be reached have open at databases: another proxy ends them. */
function ofBackends({ known, ended }: { readonly known: number; readonly ended: number }): string {
  if (known === 0) return 'no session at a database is known that was open there'
  const told = known === 1 ? '1 session at a database was open there: ' : `${known} sessions at databases were open there: `
  return told + (ended >= known ? `${known === 1 ? 'it is' : 'all are'} ended by another proxy` : `${ended} ended by another proxy, what runs in the other${known - ended === 1 ? '' : 's'} goes on at the database`)
}
