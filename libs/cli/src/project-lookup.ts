/** Which project a command is about: the first of five places that names one. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isId } from '@pgbeam/kernel'
import { CliError, exitCodes, usage } from './exit.js'
import { didYouMean } from './suggest.js'

export interface ProjectName {
  readonly id: string
  readonly name: string
  readonly slug: string
}
export interface ProjectSources {
  readonly flag: string | undefined
  readonly variable: string | undefined
  /** Where the search for a linked folder begins. */
  readonly cwd: string
  readonly profileDefault: string | undefined
  /** Every project that the key opens. Asked for only where nothing names an id. */
  readonly list: () => Promise<readonly ProjectName[]>
}
export interface FoundProject {
  readonly id: string
  readonly from: string
}

export const linkFile = (folder: string): string => join(folder, '.pgbeam/project.json')

/** The nearest linked folder at or above this one. */
export function nearestLink(cwd: string): { file: string; projectId: string } | undefined {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const file = linkFile(folder)
    if (existsSync(file)) return { file, projectId: readLink(file) }
    if (dirname(folder) === folder) return undefined
  }
}

function readLink(file: string): string {
  let id: unknown
  try {
    id = (JSON.parse(readFileSync(file, 'utf8')) as { project_id?: unknown } | null)?.project_id
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  if (typeof id === 'string' && isId('ProjectId', id)) return id
  throw usage(`${file} does not name a project`, 'pgbeam link writes it anew, pgbeam unlink removes it.')
}

export function writeLink(folder: string, project: ProjectName): string {
  const file = linkFile(folder)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify({ project_id: project.id, name: project.name }, null, 2)}\n`)
  return file
}

export async function findProject(sources: ProjectSources): Promise<FoundProject> {
  if (sources.flag !== undefined) return byName(sources.flag, '--project', sources)
  if (sources.variable !== undefined) return byName(sources.variable, 'PGBEAM_PROJECT', sources)
  const link = nearestLink(sources.cwd)
  if (link) return { id: link.projectId, from: link.file }
  if (sources.profileDefault !== undefined) return { id: sources.profileDefault, from: 'the profile' }
  const projects = await sources.list()
  if (projects.length === 1 && projects[0]) return { id: projects[0].id, from: 'the only project' }
  if (projects.length === 0) throw usage('there is no project yet', 'Make one: pgbeam projects create --name … --host … --database …')
  throw usage(`which project? Name it with --project, PGBEAM_PROJECT or pgbeam link: ${candidates(projects)}`)
}

async function byName(text: string, from: string, { list }: ProjectSources): Promise<FoundProject> {
  if (isId('ProjectId', text)) return { id: text, from }
  const projects = await list()
  const found = projects.filter(({ id, name, slug }) => id === text || slug === text || name === text)
  if (found.length === 1 && found[0]) return { id: found[0].id, from }
  if (found.length > 1) throw usage(`${from}: ${text} is the name of several projects: ${candidates(found)}`)
  const hint = didYouMean(text, projects.flatMap(({ name, slug }) => [slug, name]))
  throw new CliError(exitCodes.notFound, `${from}: there is no project ${text}`, hint ?? (projects.length > 0 ? `There are: ${candidates(projects)}.` : undefined))
}

const SHOWN_MAX = 10
const candidates = (projects: readonly ProjectName[]): string => {
  const shown = projects.slice(0, SHOWN_MAX).map(({ id, name }) => `${id} (${name})`).join(', ')
  return projects.length > SHOWN_MAX ? `${shown}, and ${projects.length - SHOWN_MAX} more` : shown
}
