/** The collections of attacks on masks hold every way out that anybody has named: each is a row here, with how many statements try it. */
import { expect, it } from '@jest/globals'
import { definitionAttacks, lastMaskAttacks, lastMaskSequences, latestMaskAttacks, maskAttacks, maskSequences, moreMaskAttacks, moreWriteAttacks, moreWriteAttackSequences, writeAttacks, writeAttackSequences } from './corpora/index.js'
import { pairedAttacks } from './corpora/mask-attacks-5.js'
import { pairedConversations } from './corpora/mask-attacks-6.js'
import { deepAttacks, ownAttacks } from './corpora/mask-attacks-7.js'
import { impliedAttacks, olderRowsAttacks } from './corpora/mask-attacks-8.js'
import { mergeAttacks } from './corpora/merges.js'

const statements: readonly string[] = [...new Set([
  ...maskAttacks, ...moreMaskAttacks, ...latestMaskAttacks, ...lastMaskAttacks, ...definitionAttacks, ...maskSequences.flat(), ...lastMaskSequences.flat(), ...writeAttacks, ...writeAttackSequences.flat(), ...moreWriteAttacks, ...moreWriteAttackSequences.flat(), ...mergeAttacks,
  ...pairedAttacks.map(({ sql }) => sql), ...pairedConversations.flatMap(({ messages }) => messages), ...deepAttacks.map(({ sql }) => sql), ...Object.values(ownAttacks).flat(), ...impliedAttacks.map(({ sql }) => sql), ...olderRowsAttacks,
])]

it.each<[string, RegExp, number]>([
  ['COPY of a table and of a query', /^COPY/, 10], ['cursors', /DECLARE \S+ .*CURSOR|FETCH/, 40], ['statements prepared by SQL', /PREPARE|EXECUTE/, 30],
  ['errors by casts of masked text', /::(int|int4|numeric|date|float8|bool\w*|jsonb?|inet|uuid|regclass)\b|CAST\(/, 60], ['divisions by what is masked', /1 ?\/ ?\(/, 15], ['notices and what is logged to the client', /client_min_messages|debug_print|log_/, 3],
  ['EXPLAIN', /EXPLAIN/, 20], ['EXPLAIN VERBOSE and its kin', /EXPLAIN \(?[^)]*(VERBOSE|FORMAT|ANALYZE)/i, 5], ['pg_stats and pg_statistic', /pg_stat(s|istic)/, 10], ['row_to_json and its kin', /(row_)?to_jsonb?\(|json_agg|jsonb_build/, 15],
  ['whole rows as text', /\b\w::(pg_catalog\.)?text\b/, 20], ['names for columns of a table', /FROM \S+ (AS )?\w+ ?\(\w/, 10], ['query_to_xml and its kin', /(query|table|schema|database|cursor)_to_xml/, 4],
  ['views', /\b(barrier|people|swap|\w*_view|\w*_over|rich|named)\b/, 15], ['functions of the database’s own', /\b(app\.)?\w*(ssn_of|_of|peek|leak|spy|f|fn)\(/, 5], ['partitions and children', /readings|_low|_high|_list|_child|ONLY/, 30],
  ['constraint definitions', /pg_get_constraintdef|pg_constraint|check_constraints/, 4], ['index definitions', /pg_get_indexdef|pg_indexes|pg_index\b/, 4], ['ORDER BY', /ORDER BY/, 100], ['WHERE', /WHERE/, 200], ['GROUP BY', /GROUP BY/, 40],
  ['RETURNING', /RETURNING/, 30], ['MERGE', /MERGE/, 15], ['ON CONFLICT', /ON CONFLICT/, 10], ['TABLE', /^TABLE|\(TABLE/, 4], ['LATERAL', /LATERAL/, 10], ['JOIN … USING and NATURAL', /USING ?\(|NATURAL/, 10],
  ['current_query() and pg_stat_activity', /current_query|pg_stat_activity|pg_stat_get_activity/, 5], ['the key', /pgbeam\.mask/i, 15], ['search_path', /search_path/, 10], ['quoted and Unicode identifiers', /U&"|"[^"]+"/, 15],
  ['backslashes and the reading of strings', /standard_conforming_strings|E'|U&'/, 5], ['sampling', /TABLESAMPLE/, 4], ['savepoints and transactions', /SAVEPOINT|ISOLATION LEVEL/, 10], ['names that a view leaves to be resolved', /WITH.*pg_class/, 15], ['indexes of other shapes', /safe_(spans|spots|keys|facts)/, 25], ['large objects and files', /lo_|loread|pg_read|pg_ls/, 2],
])('%s', (_way, pattern, atLeast) => {
  expect(statements.filter((sql) => pattern.test(sql)).length).toBeGreaterThanOrEqual(atLeast)
})

it('at least 2,800 statements, none of them twice', () => {
  expect(statements.length).toBeGreaterThanOrEqual(2800)
  console.log(`${statements.length} statements attack masks and filters`)
})
