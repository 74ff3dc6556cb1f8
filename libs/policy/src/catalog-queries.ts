/**
 * What the gate must know of a database, as queries that the proxy runs over its own upstream connection. They work on
 * Postgres 12 to 18 and with any search_path; every value comes as text. Objects made by initdb have oids below 16384.
 */
import { relationsWithSecrets, secretSettingsQuery } from './secrets.js'

export interface CatalogQuery {
  readonly name: string
  readonly sql: string
}

const EXTENSION = (table: string, oid: string) =>
  `(SELECT e.extname FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension e ON e.oid OPERATOR(pg_catalog.=) d.refobjid
    WHERE d.classid OPERATOR(pg_catalog.=) 'pg_catalog.${table}'::pg_catalog.regclass AND d.objid OPERATOR(pg_catalog.=) ${oid}
      AND d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_extension'::pg_catalog.regclass
      AND d.deptype OPERATOR(pg_catalog.=) 'e' LIMIT 1)`

/** Whether an expression, as the server keeps it, names a whole row: pg_depend then lists no column. */
const WHOLE_ROW = (tree: string) => `${tree} OPERATOR(pg_catalog.~~) '%:varattno 0 %'`
const INDEX_TREES = 'pg_catalog.concat(x.indexprs, x.indpred)'

/** Operator classes that compare by functions of the database's own, which no extension owns. */
const OWN_CLASSES = `ARRAY(SELECT oc.oid FROM pg_catalog.pg_opclass oc JOIN (
      SELECT s.amprocfamily AS family, s.amproc::pg_catalog.oid AS code FROM pg_catalog.pg_amproc s
      UNION ALL SELECT s.amopfamily, o.oprcode::pg_catalog.oid FROM pg_catalog.pg_amop s JOIN pg_catalog.pg_operator o ON o.oid OPERATOR(pg_catalog.=) s.amopopr
    ) AS f ON f.family OPERATOR(pg_catalog.=) oc.opcfamily
    WHERE f.code OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid AND ${EXTENSION('pg_proc', 'f.code')} IS NULL)`

/** "schema" and "name" of a function, as two columns; nulls for none. */
const FUNCTION_NAME = (oid: string) =>
  `(SELECT fn.nspname FROM pg_catalog.pg_proc f JOIN pg_catalog.pg_namespace fn ON fn.oid OPERATOR(pg_catalog.=) f.pronamespace
    WHERE f.oid OPERATOR(pg_catalog.=) ${oid}),
   (SELECT f.proname FROM pg_catalog.pg_proc f WHERE f.oid OPERATOR(pg_catalog.=) ${oid})`

export const catalogQueries: readonly CatalogQuery[] = [
  {
    name: 'server',
    sql: `SELECT pg_catalog.current_setting('server_version_num'), pg_catalog.current_database()`,
  },
  {
    // One row per name: a name is as harmless as the worst of its overloads.
    name: 'builtin_functions',
    sql: `SELECT n.nspname, p.proname, pg_catalog.string_agg(DISTINCT p.provolatile::pg_catalog.text, ''),
      pg_catalog.bool_and(l.lanname OPERATOR(pg_catalog.=) ANY (ARRAY['internal', 'sql']::pg_catalog.name[]))
      FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) p.pronamespace
      JOIN pg_catalog.pg_language l ON l.oid OPERATOR(pg_catalog.=) p.prolang
      WHERE p.oid OPERATOR(pg_catalog.<) 16384::pg_catalog.oid AND p.prokind OPERATOR(pg_catalog.<>) 'p'
      AND n.nspname OPERATOR(pg_catalog.=) ANY (ARRAY['pg_catalog', 'information_schema']::pg_catalog.name[])
      GROUP BY 1, 2 ORDER BY 1, 2`,
  },
  {
    name: 'functions',
    sql: `SELECT n.nspname, p.proname, p.prokind, p.provolatile, l.lanname, ${EXTENSION('pg_proc', 'p.oid')},
      CASE WHEN l.lanname OPERATOR(pg_catalog.=) 'internal' THEN p.prosrc END,
      CASE WHEN p.pronargs OPERATOR(pg_catalog.>=) 1 AND p.pronargs OPERATOR(pg_catalog.-) p.pronargdefaults OPERATOR(pg_catalog.<=) 1
        THEN p.proargtypes[0] END, p.oid
      FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) p.pronamespace
      JOIN pg_catalog.pg_language l ON l.oid OPERATOR(pg_catalog.=) p.prolang
      WHERE p.oid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid AND p.prokind OPERATOR(pg_catalog.<>) 'p' ORDER BY p.oid`,
  },
  {
    // The functions that an aggregate of the user's is made of: one over built-ins only is as harmless as they are.
    name: 'aggregates',
    sql: `SELECT a.aggfnoid::pg_catalog.oid, fn.nspname, f.proname
      FROM pg_catalog.pg_aggregate a
      CROSS JOIN LATERAL (VALUES (a.aggtransfn), (a.aggfinalfn), (a.aggcombinefn), (a.aggserialfn), (a.aggdeserialfn),
        (a.aggmtransfn), (a.aggminvtransfn), (a.aggmfinalfn)) AS part(oid)
      JOIN pg_catalog.pg_proc f ON f.oid OPERATOR(pg_catalog.=) part.oid::pg_catalog.oid
      JOIN pg_catalog.pg_namespace fn ON fn.oid OPERATOR(pg_catalog.=) f.pronamespace
      WHERE a.aggfnoid::pg_catalog.oid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid ORDER BY 1, 2, 3`,
  },
  {
    name: 'operators',
    sql: `SELECT n.nspname, o.oprname, o.oprleft, o.oprright, ${FUNCTION_NAME('o.oprcode')}
      FROM pg_catalog.pg_operator o JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) o.oprnamespace
      WHERE o.oid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid AND o.oprcode::pg_catalog.oid OPERATOR(pg_catalog.<>) 0::pg_catalog.oid
      ORDER BY o.oid`,
  },
  {
    name: 'casts',
    sql: `SELECT c.castsource, c.casttarget, c.castcontext, ${FUNCTION_NAME('c.castfunc')}
      FROM pg_catalog.pg_cast c
      WHERE c.oid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid AND c.castmethod OPERATOR(pg_catalog.=) 'f' ORDER BY c.oid`,
  },
  {
    // `typelem` leads from an array to what it holds only for true arrays; a domain's checks come as one text each.
    name: 'types',
    sql: `SELECT t.oid, n.nspname, t.typname, t.typtype, t.typbasetype, t.typelem, t.typrelid,
      (SELECT r.rngsubtype FROM pg_catalog.pg_range r WHERE r.rngtypid OPERATOR(pg_catalog.=) t.oid),
      CASE WHEN t.typtype OPERATOR(pg_catalog.=) 'd' THEN
        (SELECT pg_catalog.string_agg(pg_catalog.pg_get_expr(c.conbin, 0::pg_catalog.oid), ' AND ' ORDER BY c.oid)
          FROM pg_catalog.pg_constraint c WHERE c.contypid OPERATOR(pg_catalog.=) t.oid AND c.conbin IS NOT NULL) END,
      ${EXTENSION('pg_type', 't.oid')}
      FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) t.typnamespace
      WHERE n.nspname OPERATOR(pg_catalog.!~~) 'pg_toast%' ORDER BY t.oid`,
  },
  {
    name: 'relations',
    sql: `SELECT c.oid, n.nspname, c.relname, c.relkind, c.reltype,
      CASE WHEN c.relkind OPERATOR(pg_catalog.=) ANY (ARRAY['v', 'm']::pg_catalog."char"[]) AND c.oid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid
        THEN pg_catalog.pg_get_viewdef(c.oid) END,
      CASE WHEN c.relkind OPERATOR(pg_catalog.=) 'f' THEN
        (SELECT w.fdwname FROM pg_catalog.pg_foreign_table ft JOIN pg_catalog.pg_foreign_server s ON s.oid OPERATOR(pg_catalog.=) ft.ftserver
          JOIN pg_catalog.pg_foreign_data_wrapper w ON w.oid OPERATOR(pg_catalog.=) s.srvfdw WHERE ft.ftrelid OPERATOR(pg_catalog.=) c.oid) END,
      CASE WHEN c.relkind OPERATOR(pg_catalog.=) 'f' THEN
        (SELECT pg_catalog.array_to_string(ARRAY(SELECT pg_catalog.split_part(o.x, '=', 1) FROM pg_catalog.unnest(ft.ftoptions) AS o(x)), ',')
          FROM pg_catalog.pg_foreign_table ft WHERE ft.ftrelid OPERATOR(pg_catalog.=) c.oid) END,
      CASE WHEN c.relkind OPERATOR(pg_catalog.=) 'v'::pg_catalog."char" AND c.oid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid THEN
        (SELECT r.xmin FROM pg_catalog.pg_rewrite r WHERE r.ev_class OPERATOR(pg_catalog.=) c.oid AND r.rulename OPERATOR(pg_catalog.=) '_RETURN'::pg_catalog.name) END
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
      WHERE c.relkind OPERATOR(pg_catalog.=) ANY (ARRAY['r', 'p', 'v', 'm', 'f', 'S', 'c']::pg_catalog."char"[])
      AND n.nspname OPERATOR(pg_catalog.!~~) 'pg_toast%' ORDER BY c.oid`,
  },
  {
    // Only columns of types that initdb did not make: those are the ones through which foreign code can come.
    name: 'columns',
    sql: `SELECT a.attrelid, a.atttypid FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) a.attrelid
      WHERE a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped AND a.atttypid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid
      AND c.relkind OPERATOR(pg_catalog.=) ANY (ARRAY['r', 'p', 'v', 'm', 'f', 'c']::pg_catalog."char"[])
      GROUP BY 1, 2 ORDER BY 1, 2`,
  },
  {
    // Sorting, grouping and indexes call the support functions of a type's operator class: those that no extension owns.
    name: 'operator_classes',
    sql: `SELECT DISTINCT c.opcintype, fn.nspname, f.proname FROM pg_catalog.pg_opclass c
      JOIN pg_catalog.pg_amproc s ON s.amprocfamily OPERATOR(pg_catalog.=) c.opcfamily AND s.amproclefttype OPERATOR(pg_catalog.=) c.opcintype
      JOIN pg_catalog.pg_proc f ON f.oid OPERATOR(pg_catalog.=) s.amproc::pg_catalog.oid
      JOIN pg_catalog.pg_namespace fn ON fn.oid OPERATOR(pg_catalog.=) f.pronamespace
      WHERE f.oid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid AND ${EXTENSION('pg_proc', 'f.oid')} IS NULL ORDER BY 1, 2, 3`,
  },
  {
    // Columns that a function of one argument shares its name with: there `t.name` is the column.
    name: 'shadowed_columns',
    sql: `SELECT a.attrelid, a.attname FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) a.attrelid
      WHERE a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped
      AND c.relkind OPERATOR(pg_catalog.=) ANY (ARRAY['r', 'p', 'v', 'm', 'f']::pg_catalog."char"[])
      AND a.attname OPERATOR(pg_catalog.=) ANY (ARRAY(SELECT p.proname FROM pg_catalog.pg_proc p
        WHERE p.oid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid AND p.pronargs OPERATOR(pg_catalog.>=) 1
        AND p.pronargs OPERATOR(pg_catalog.-) p.pronargdefaults OPERATOR(pg_catalog.<=) 1)) ORDER BY 1, 2`,
  },
  {
    name: 'inheritance',
    sql: `SELECT i.inhparent, i.inhrelid FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) i.inhrelid
      WHERE c.relkind OPERATOR(pg_catalog.=) ANY (ARRAY['r', 'p', 'f']::pg_catalog."char"[]) ORDER BY 1, 2`,
  },
  {
    // Masks and row filters stand in for whole relations, so every column counts. Of built-in ones, only those of which some is
    // hidden (rewrite/source.ts, secrets.ts). Last: the columns that a generated one is computed of; whether an index holds the column, alone
    // (1) or with anything else (2); whether statistics count common values of this column together with others' (mcv).
    name: 'attributes',
    sql: `SELECT a.attrelid, a.attnum, a.attname, a.atttypid, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attgenerated,
      CASE WHEN a.attgenerated OPERATOR(pg_catalog.<>) ''::pg_catalog."char" THEN
        (SELECT pg_catalog.string_agg(DISTINCT d.refobjsubid::pg_catalog.text, ',') FROM pg_catalog.pg_depend d
          LEFT JOIN pg_catalog.pg_attrdef v ON d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND d.objid OPERATOR(pg_catalog.=) v.oid
          WHERE ((v.adrelid OPERATOR(pg_catalog.=) a.attrelid AND v.adnum OPERATOR(pg_catalog.=) a.attnum)
            OR (d.classid OPERATOR(pg_catalog.=) d.refclassid AND d.objid OPERATOR(pg_catalog.=) a.attrelid AND d.objsubid OPERATOR(pg_catalog.=) a.attnum::pg_catalog.int4))
          AND d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid OPERATOR(pg_catalog.=) a.attrelid
          AND d.refobjsubid OPERATOR(pg_catalog.>) 0 AND d.refobjsubid OPERATOR(pg_catalog.<>) a.attnum::pg_catalog.int4) END,
      (SELECT pg_catalog.max(CASE WHEN x.indnatts OPERATOR(pg_catalog.=) 1::pg_catalog.int2 AND x.indpred IS NULL AND x.indexprs IS NULL THEN 1 ELSE 2 END)
        FROM pg_catalog.pg_index x WHERE x.indrelid OPERATOR(pg_catalog.=) a.attrelid
        AND (a.attnum OPERATOR(pg_catalog.=) ANY (x.indkey::pg_catalog.int2[]) OR EXISTS (SELECT FROM pg_catalog.pg_depend d
          WHERE d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid OPERATOR(pg_catalog.=) x.indexrelid
          AND d.refclassid OPERATOR(pg_catalog.=) d.classid AND d.refobjid OPERATOR(pg_catalog.=) a.attrelid
          AND d.refobjsubid OPERATOR(pg_catalog.=) a.attnum::pg_catalog.int4) OR ${WHOLE_ROW(INDEX_TREES)})),
      EXISTS (SELECT FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_statistic_ext x ON x.oid OPERATOR(pg_catalog.=) d.objid
        WHERE d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass AND d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
        AND d.refobjid OPERATOR(pg_catalog.=) a.attrelid
        AND (d.refobjsubid OPERATOR(pg_catalog.=) a.attnum::pg_catalog.int4 OR ${WHOLE_ROW("(pg_catalog.to_jsonb(x) OPERATOR(pg_catalog.->>) 'stxexprs')")}) AND 'm'::pg_catalog."char" OPERATOR(pg_catalog.=) ANY (x.stxkind))
      FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) a.attrelid
      JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
      WHERE a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped AND n.nspname OPERATOR(pg_catalog.!~~) 'pg_toast%'
      AND c.relkind OPERATOR(pg_catalog.=) ANY (ARRAY['r', 'p', 'v', 'm', 'f']::pg_catalog."char"[])
      AND (c.oid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid OR (n.nspname OPERATOR(pg_catalog.=) ANY (ARRAY['pg_catalog', 'information_schema']::pg_catalog.name[])
        AND c.relname OPERATOR(pg_catalog.=) ANY (ARRAY['pg_stat_activity', 'pg_locks', 'pg_sequences', 'pg_stat_database', 'pg_stat_bgwriter', 'pg_stat_all_tables', 'pg_stat_sys_tables',
          'pg_stat_user_tables', ${relationsWithSecrets.map((name) => `'${name}'`).join(', ')}]::pg_catalog.name[])))
      ORDER BY 1, 2`,
  },
  {
    // Relations with an index whose own shape says in which order it gives rows with like values: a tree, or buckets, in which every row has
    // taken part. A B-tree gives them by key and place; the others of the server's own by place alone.
    name: 'shaped_indexes',
    sql: `SELECT DISTINCT x.indrelid FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) x.indexrelid
      JOIN pg_catalog.pg_am m ON m.oid OPERATOR(pg_catalog.=) c.relam WHERE x.indrelid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid
      AND m.amname OPERATOR(pg_catalog.<>) ALL (ARRAY['btree', 'brin', 'gin']::pg_catalog.name[]) ORDER BY 1`,
  },
  {
    name: 'primary_keys',
    sql: `SELECT c.conrelid, pg_catalog.array_to_string(c.conkey, ',') FROM pg_catalog.pg_constraint c
      WHERE c.contype OPERATOR(pg_catalog.=) 'p' ORDER BY 1`,
  },
  {
    // What views and materialized views read, directly. Nothing is noted of objects made by initdb.
    name: 'view_sources',
    sql: `SELECT DISTINCT r.ev_class, d.refobjid FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_depend d
      ON d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objid OPERATOR(pg_catalog.=) r.oid
      WHERE r.ev_type OPERATOR(pg_catalog.=) '1'::pg_catalog."char" AND r.ev_class OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid
      AND d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
      AND d.refobjid OPERATOR(pg_catalog.<>) r.ev_class ORDER BY 1, 2`,
  },
  {
    // Sequences of serial and identity columns, and those that other columns' defaults, or those of their domains, are taken from ('used').
    name: 'sequence_owners',
    sql: `SELECT d.objid, d.refobjid, 'owned' FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) d.objid
      WHERE c.relkind OPERATOR(pg_catalog.=) 'S'::pg_catalog."char" AND d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
      AND d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
      AND d.deptype OPERATOR(pg_catalog.=) ANY (ARRAY['a', 'i']::pg_catalog."char"[])
      UNION SELECT d.refobjid, v.adrelid, 'used' FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_attrdef v ON v.oid OPERATOR(pg_catalog.=) d.objid
      JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) d.refobjid
      WHERE c.relkind OPERATOR(pg_catalog.=) 'S'::pg_catalog."char" AND d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_attrdef'::pg_catalog.regclass
      AND d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
      UNION SELECT d.refobjid, a.attrelid, 'used' FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_attribute a ON a.atttypid OPERATOR(pg_catalog.=) d.objid
      JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) d.refobjid
      WHERE c.relkind OPERATOR(pg_catalog.=) 'S'::pg_catalog."char" AND d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_type'::pg_catalog.regclass
      AND d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped ORDER BY 1, 2, 3`,
  },
  {
    name: 'schemas',
    sql: `SELECT n.nspname FROM pg_catalog.pg_namespace n
      WHERE n.nspname OPERATOR(pg_catalog.!~~) 'pg_toast%' AND n.nspname OPERATOR(pg_catalog.!~~) 'pg_temp%' ORDER BY 1`,
  },
  {
    name: 'secret_settings',
    sql: secretSettingsQuery,
  },
  {
    // Columns that the text of a definition tells about: indexes and statistics with a predicate or an expression, CHECK
    // constraints, conditions of triggers, policies and publications, rules of tables, and bounds of partitions; 0 where the whole row
    // stands beside a constant. By their negative numbers: columns whose value in older rows pg_attribute holds (attmissingval).
    name: 'definitions',
    sql: `SELECT d.refobjid, d.refobjsubid FROM pg_catalog.pg_depend d
      WHERE d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjsubid OPERATOR(pg_catalog.>) 0
      AND d.refobjid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid AND (
        (d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass AND EXISTS (SELECT FROM pg_catalog.pg_index i
          WHERE i.indexrelid OPERATOR(pg_catalog.=) d.objid AND (i.indpred IS NOT NULL OR i.indexprs IS NOT NULL)))
        OR (d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_constraint'::pg_catalog.regclass AND EXISTS (SELECT FROM pg_catalog.pg_constraint c
          WHERE c.oid OPERATOR(pg_catalog.=) d.objid AND c.contype OPERATOR(pg_catalog.=) 'c'::pg_catalog."char"))
        OR (d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_trigger'::pg_catalog.regclass AND EXISTS (SELECT FROM pg_catalog.pg_trigger t
          WHERE t.oid OPERATOR(pg_catalog.=) d.objid AND t.tgqual IS NOT NULL))
        OR (d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND EXISTS (SELECT FROM pg_catalog.pg_rewrite r
          WHERE r.oid OPERATOR(pg_catalog.=) d.objid AND r.rulename OPERATOR(pg_catalog.<>) '_RETURN'::pg_catalog.name))
        OR d.classid OPERATOR(pg_catalog.=) ANY (ARRAY['pg_catalog.pg_policy', 'pg_catalog.pg_statistic_ext', 'pg_catalog.pg_publication_rel']::pg_catalog.regclass[]))
      UNION SELECT d.refobjid, 0 FROM pg_catalog.pg_depend d JOIN (
          SELECT 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid, x.indexrelid, ${INDEX_TREES} FROM pg_catalog.pg_index x WHERE x.indexprs IS NOT NULL OR x.indpred IS NOT NULL
          UNION ALL SELECT 'pg_catalog.pg_constraint'::pg_catalog.regclass, c.oid, c.conbin::pg_catalog.text FROM pg_catalog.pg_constraint c WHERE c.contype OPERATOR(pg_catalog.=) 'c'::pg_catalog."char"
          UNION ALL SELECT 'pg_catalog.pg_trigger'::pg_catalog.regclass, t.oid, t.tgqual::pg_catalog.text FROM pg_catalog.pg_trigger t WHERE t.tgqual IS NOT NULL
          UNION ALL SELECT 'pg_catalog.pg_policy'::pg_catalog.regclass, p.oid, pg_catalog.concat(p.polqual, p.polwithcheck) FROM pg_catalog.pg_policy p
          UNION ALL SELECT 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass, e.oid, pg_catalog.to_jsonb(e) OPERATOR(pg_catalog.->>) 'stxexprs' FROM pg_catalog.pg_statistic_ext e
          UNION ALL SELECT 'pg_catalog.pg_rewrite'::pg_catalog.regclass, r.oid, pg_catalog.concat(r.ev_qual, r.ev_action) FROM pg_catalog.pg_rewrite r WHERE r.rulename OPERATOR(pg_catalog.<>) '_RETURN'::pg_catalog.name
        ) AS s(class, object, tree) ON d.classid OPERATOR(pg_catalog.=) s.class AND d.objid OPERATOR(pg_catalog.=) s.object
        WHERE d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid
        AND ${WHOLE_ROW('s.tree')} AND s.tree OPERATOR(pg_catalog.~~) '%{CONST %'
      UNION SELECT a.attrelid, -a.attnum FROM pg_catalog.pg_attribute a WHERE a.atthasmissing AND a.attrelid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid
      UNION SELECT p.partrelid, k.attnum FROM pg_catalog.pg_partitioned_table p
        CROSS JOIN LATERAL pg_catalog.unnest(p.partattrs::pg_catalog.int2[]) AS k(attnum) ORDER BY 1, 2`,
  },
  {
    // What a write sets off, one row each: relation, object, columns, for foreign keys what they lead to, flags, text.
    // Row security policies come with what else they read or call, and their command where they hold for this user.
    // Flags of constraints: kind, actions on delete and update, validated; of indexes: u(nique), n(ulls equal), e(xpressions).
    name: 'writing',
    sql: `SELECT 'trigger', t.tgrelid, t.oid, NULL::pg_catalog.text, NULL::pg_catalog.oid, NULL::pg_catalog.text, CASE WHEN t.tgisinternal THEN '' ELSE 'user' END, t.tgname::pg_catalog.text
        FROM pg_catalog.pg_trigger t WHERE t.tgrelid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid
      UNION ALL SELECT 'rule', r.ev_class, r.oid, NULL, NULL, NULL, '', r.rulename::pg_catalog.text
        FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) r.ev_class
        WHERE c.oid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid AND c.relkind OPERATOR(pg_catalog.=) ANY (ARRAY['r', 'p']::pg_catalog."char"[])
      UNION ALL SELECT 'constraint', c.conrelid, c.oid, pg_catalog.array_to_string(c.conkey, ','), c.confrelid, pg_catalog.array_to_string(c.confkey, ','),
        pg_catalog.concat(c.contype, c.confdeltype, c.confupdtype, CASE WHEN c.convalidated THEN 't' ELSE 'f' END),
        CASE WHEN c.contype OPERATOR(pg_catalog.=) 'c'::pg_catalog."char" THEN pg_catalog.pg_get_expr(c.conbin, c.conrelid) END
        FROM pg_catalog.pg_constraint c WHERE c.conrelid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid
      UNION ALL SELECT 'index', x.indrelid, x.indexrelid,
        (SELECT pg_catalog.string_agg(n::pg_catalog.text, ',') FROM (SELECT k.n::pg_catalog.int4 FROM pg_catalog.unnest(x.indkey::pg_catalog.int2[]) AS k(n) WHERE k.n OPERATOR(pg_catalog.<>) 0::pg_catalog.int2
          UNION SELECT d.refobjsubid FROM pg_catalog.pg_depend d WHERE d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid OPERATOR(pg_catalog.=) x.indexrelid
            AND d.refclassid OPERATOR(pg_catalog.=) d.classid AND d.refobjid OPERATOR(pg_catalog.=) x.indrelid
          UNION SELECT 0 WHERE ${WHOLE_ROW(INDEX_TREES)}) AS s(n)),
        NULL, (SELECT pg_catalog.string_agg(k.n::pg_catalog.text, ',') FROM pg_catalog.unnest(x.indkey::pg_catalog.int2[]) WITH ORDINALITY AS k(n, place) WHERE k.place OPERATOR(pg_catalog.<=) x.indnkeyatts),
        pg_catalog.concat(CASE WHEN x.indisunique OR x.indisexclusion THEN 'u' END,
          CASE WHEN (pg_catalog.to_jsonb(x) OPERATOR(pg_catalog.->>) 'indnullsnotdistinct') OPERATOR(pg_catalog.=) 'true' THEN 'n' END,
          CASE WHEN x.indexprs IS NOT NULL OR x.indpred IS NOT NULL THEN 'e' END, CASE WHEN x.indclass::pg_catalog.oid[] OPERATOR(pg_catalog.&&) ${OWN_CLASSES} THEN 'c' END),
        pg_catalog.concat_ws(', ', pg_catalog.pg_get_expr(x.indexprs, x.indrelid), pg_catalog.pg_get_expr(x.indpred, x.indrelid))
        FROM pg_catalog.pg_index x WHERE x.indrelid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid
      UNION ALL SELECT 'default', d.adrelid, d.oid, d.adnum::pg_catalog.text, NULL, NULL, CASE WHEN a.attgenerated OPERATOR(pg_catalog.=) ''::pg_catalog."char" THEN '' ELSE 'computed' END, pg_catalog.pg_get_expr(d.adbin, d.adrelid)
        FROM pg_catalog.pg_attrdef d JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) d.adrelid AND a.attnum OPERATOR(pg_catalog.=) d.adnum WHERE d.adrelid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid
      UNION ALL SELECT 'default', a.attrelid, 0::pg_catalog.oid, a.attnum::pg_catalog.text, NULL, NULL, '', NULL
        FROM pg_catalog.pg_attribute a WHERE a.attrelid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid AND a.attidentity OPERATOR(pg_catalog.<>) ''::pg_catalog."char" AND NOT a.attisdropped
      UNION ALL SELECT 'default', a.attrelid, 0::pg_catalog.oid, a.attnum::pg_catalog.text, NULL, NULL, '', pg_catalog.pg_get_expr(t.typdefaultbin, 0::pg_catalog.oid)
        FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid OPERATOR(pg_catalog.=) a.atttypid WHERE a.attrelid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid
        AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped AND NOT a.atthasdef AND t.typdefaultbin IS NOT NULL
      UNION ALL SELECT 'policy', p.polrelid, p.oid,
        (SELECT pg_catalog.string_agg(DISTINCT d.refobjsubid::pg_catalog.text, ',') FROM pg_catalog.pg_depend d WHERE d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_policy'::pg_catalog.regclass
          AND d.objid OPERATOR(pg_catalog.=) p.oid AND d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid OPERATOR(pg_catalog.=) p.polrelid
          AND d.deptype OPERATOR(pg_catalog.=) 'n'::pg_catalog."char"),
        NULL, (SELECT pg_catalog.string_agg(DISTINCT d.refobjid::pg_catalog.text, ',') FROM pg_catalog.pg_depend d WHERE d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_policy'::pg_catalog.regclass
          AND d.objid OPERATOR(pg_catalog.=) p.oid AND d.refclassid OPERATOR(pg_catalog.=) ANY (ARRAY['pg_catalog.pg_class', 'pg_catalog.pg_proc', 'pg_catalog.pg_operator']::pg_catalog.regclass[])
            AND (d.refobjid OPERATOR(pg_catalog.<>) p.polrelid OR pg_catalog.concat(p.polqual, p.polwithcheck) OPERATOR(pg_catalog.~~) pg_catalog.concat('%:relid ', p.polrelid, ' %'))),
        CASE WHEN pg_catalog.row_security_active(p.polrelid) THEN p.polcmd::pg_catalog.text ELSE '' END, p.polname::pg_catalog.text FROM pg_catalog.pg_policy p
      ORDER BY 1, 2, 3, 4`,
  },
]
