/** Tables and field lists for people. Pure. */
import type { Style } from './style.js'

export interface Column<Row> {
  readonly title: string
  readonly value: (row: Row) => string | number | boolean | null | undefined
}

/** What a terminal would obey, or what would break the line, is shown as a replacement character. */
const printable = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd')
const cell = (value: ReturnType<Column<never>['value']>): string => (value === null || value === undefined || value === '' ? '-' : printable(String(value)))

export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[], style: Style): string {
  const cells = rows.map((row) => columns.map(({ value }) => cell(value(row))))
  const widths = columns.map(({ title }, index) => Math.max(title.length, ...cells.map((line) => line[index]?.length ?? 0)))
  const line = (texts: readonly string[]): string => texts.map((text, index) => (index === texts.length - 1 ? text : text.padEnd(widths[index] ?? 0))).join('  ')
  return [style.bold(line(columns.map(({ title }) => title))), ...cells.map(line)].join('\n')
}

/** One thing, a field a line; what is not there is left out. */
export function fields(entries: readonly (readonly [string, string | number | boolean | null | undefined])[], style: Style): string {
  const shown = entries.filter(([, value]) => value !== undefined && value !== null && value !== '')
  const width = Math.max(0, ...shown.map(([name]) => name.length))
  return shown.map(([name, value]) => `${style.bold(name.padEnd(width))}  ${cell(value)}`).join('\n')
}
