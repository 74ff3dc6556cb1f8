/** Colours, where somebody can see them: NO_COLOR (https://no-color.org) and --no-color turn them off. */
import { variable, type Io, type Sink } from './io.js'

export interface Style {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly red: (text: string) => string
  readonly green: (text: string) => string
  readonly yellow: (text: string) => string
}

const code = (on: boolean, open: number, close: number) => (text: string): string => (on && text !== '' ? `\u001b[${open}m${text}\u001b[${close}m` : text)

export function styleFor(io: Io, sink: Sink, allowed: boolean): Style {
  const forced = variable(io, 'FORCE_COLOR') !== undefined && io.env.FORCE_COLOR !== '0'
  const on = allowed && variable(io, 'NO_COLOR') === undefined && io.env.TERM !== 'dumb' && (forced || sink.isTTY === true)
  return { bold: code(on, 1, 22), dim: code(on, 2, 22), red: code(on, 31, 39), green: code(on, 32, 39), yellow: code(on, 33, 39) }
}
