/** The API as it is: its operations, and any request to it. */
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { runs } from '../command.js'
import type { Context } from '../context.js'
import { usage } from '../exit.js'
import type { Io } from '../io.js'
import { list } from '../parse.js'
import { readAll } from '../prompts.js'

interface Operation {
  readonly method: string
  readonly path: string
  readonly operation: string
  readonly summary: string
}
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD']

export function registerApi(program: Command, io: Io): void {
  const api = program.command('api').description('the REST API as it is')
  runs(io, api.command('ls').description('list its operations').argument('[text]', 'only those that have this in their path or name'), operations)
  runs(io, api.command('request').description('make a request; the body of the answer is printed as it comes')
    .argument('<method>', METHODS.join(', '))
    .argument('<path>', 'e.g. /v1/projects')
    .option('-d, --data <json>', 'the body; @file reads a file, - standard input')
    .option('-H, --header <name: value>', 'a header (repeatable)', (value: string, before: string[] = []) => [...before, value])
    .option('-i, --include', 'print status and headers before the body'), request)
}

async function operations(context: Context, _options: object, text?: string): Promise<void> {
  // Public: it tells what there is to somebody without a key, too.
  const response = await (await context.connect(undefined)).raw('GET', '/v1/openapi.json')
  const { paths } = (await response.json()) as { paths: Record<string, Record<string, { operationId: string; summary?: string }>> }
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, summary = '' }]): Operation => ({ method: method.toUpperCase(), path, operation: operationId, summary })))
  const wanted = text?.toLowerCase()
  context.list(all.filter(({ path, operation }) => wanted === undefined || `${path} ${operation}`.toLowerCase().includes(wanted)), [
    { title: 'METHOD', value: ({ method }) => method },
    { title: 'PATH', value: ({ path }) => path },
    { title: 'SUMMARY', value: ({ summary }) => summary },
  ], 'No such operation.')
}

async function request(context: Context, options: { data?: string; header?: string[]; include?: boolean }, method: string, path: string): Promise<void> {
  const verb = method.toUpperCase()
  if (!METHODS.includes(verb)) throw usage(`${method} is not one of ${list(METHODS.join()).join(', ')}`)
  if (!path.startsWith('/') || path.startsWith('//')) throw usage(`${path} is not a path of the API`, 'It begins with one slash, e.g. /v1/projects; pgbeam api ls lists them.')
  const body = options.data === undefined ? undefined : await bodyOf(context.io, options.data)
  const headers = Object.fromEntries((options.header ?? []).map((text) => {
    const at = text.indexOf(':')
    if (at < 1) throw usage(`--header ${text}: it is written name: value`)
    return [text.slice(0, at).trim(), text.slice(at + 1).trim()]
  }))
  const response = await (await context.api()).raw(verb, path, { ...(body !== undefined && { body }), headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers } })
  const text = await response.text()
  if (options.include) context.print(`HTTP ${response.status}\n${[...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n')}\n`)
  context.print(pretty(text))
}

async function bodyOf(io: Io, data: string): Promise<string> {
  if (data === '-' && io.stdin.isTTY) throw usage('--data -: standard input is a terminal')
  return data === '-' ? readAll(io.stdin) : data.startsWith('@') ? readFileSync(data.slice(1), 'utf8') : data
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
