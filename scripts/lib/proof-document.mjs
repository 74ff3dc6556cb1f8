/** The text of a proof: what ran, how often, on what, and the numbers it found. */

const cell = (text) => String(text).replaceAll('|', '\\|')

/** @param {{ commit: string, complete: boolean, date: Date, machine: string, results: { name: string, passed: number, failed: number, seconds: number, notes: string[], measurements: { name: string, value: unknown, unit: string }[] }[] }} proof */
export function proofDocument({ commit, complete, date, machine, results }) {
  const failed = results.reduce((sum, one) => sum + one.failed, 0)
  const lines = [
    `# Proof of ${date.toISOString().slice(0, 10)}`, '',
    `Commit ${commit}. ${machine}.`, '',
    `${failed === 0 ? 'Nothing failed' : `**${failed} failed**`}${complete ? '.' : '; **not every step has run**.'} Repeat it with \`npm run prove\`.`, '',
    '| step | passed | failed | seconds |', '| --- | ---: | ---: | ---: |',
    ...results.map((one) => `| ${cell(one.name)} | ${one.passed} | ${one.failed} | ${one.seconds} |`),
  ]
  const measured = results.flatMap((one) => (one.measurements ?? []).map((each) => ({ step: one.name, ...each })))
  if (measured.length > 0) {
    lines.push('', '| step | measured | value |', '| --- | --- | ---: |')
    lines.push(...measured.map((one) => `| ${cell(one.step)} | ${cell(one.name)} | ${cell(one.value)} ${cell(one.unit)} |`))
  }
  const notes = results.flatMap((one) => one.notes ?? [])
  if (notes.length > 0) lines.push('', ...notes.map((note) => `- ${note}`))
  return `${lines.join('\n')}\n`
}
