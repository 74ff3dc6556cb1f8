/** Programs of the machine. */
import { execFileSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { variable, type Io } from '../io.js'

export function findProgram(io: Io, name: string): string | undefined {
  const names = io.platform === 'win32' ? [`${name}.exe`, name] : [name]
  for (const folder of (variable(io, 'PATH') ?? '').split(delimiter).filter(Boolean)) {
    for (const file of names.map((one) => join(folder, one))) {
      try {
        accessSync(file, constants.X_OK)
        return file
      } catch { /* not here */ }
    }
  }
  return undefined
}

/** `psql (PostgreSQL) 15.18` → 15; 0 where it does not say. */
export function psqlMajor(file: string): number {
  return Number(/\b(\d+)(\.\d+)?/.exec(psqlVersion(file))?.[1] ?? 0)
}
export function psqlVersion(file: string): string {
  try {
    return execFileSync(file, ['--version'], { encoding: 'utf8', timeout: 5_000 }).trim()
  } catch {
    return ''
  }
}
