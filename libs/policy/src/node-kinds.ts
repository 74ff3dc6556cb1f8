/**
 * The node kinds that a read-only statement may be made of, with every field that they may have. What is not written
 * here is refused, so a construct that a later grammar adds stays shut until somebody has thought about it.
 *
 * A field is `name` for a scalar, `>name` for one node, `*name` for a list of nodes, `name:Kind` for a struct whose
 * kind the grammar fixes, `~name` for names of things that stand elsewhere in the statement.
 */
export type FieldShape =
  | { readonly shape: 'scalar' | 'names' }
  | { readonly shape: 'node' }
  | { readonly shape: 'list' }
  | { readonly shape: 'struct'; readonly kind: string }

const RANGE_VAR = 'catalogname schemaname relname inh relpersistence alias:Alias location'
const SELECT =
  '*distinctClause *targetList *fromClause >whereClause *groupClause groupDistinct >havingClause *windowClause *valuesLists ' +
  '*sortClause >limitOffset >limitCount limitOption withClause:WithClause op all larg:SelectStmt rarg:SelectStmt'

const FIELDS: Readonly<Record<string, string>> = {
  // values and names
  Integer: 'ival',
  Float: 'fval',
  Boolean: 'boolval',
  String: 'sval',
  BitString: 'bsval',
  List: '*items',
  A_Const: 'ival:Integer fval:Float boolval:Boolean sval:String bsval:BitString isnull location',
  Alias: 'aliasname *colnames',
  ParamRef: 'number location',
  A_Star: '',
  ColumnRef: '*fields location',
  TypeName: '*names typeOid setof pct_type *typmods typemod *arrayBounds location',
  CollateClause: '>arg *collname location',
  // expressions
  A_Expr: 'kind *name >lexpr >rexpr rexpr_list_start rexpr_list_end location',
  A_Indices: 'is_slice >lidx >uidx',
  A_Indirection: '>arg *indirection',
  A_ArrayExpr: '*elements list_start list_end location',
  TypeCast: '>arg typeName:TypeName location',
  FuncCall: '*funcname *args *agg_order >agg_filter over:WindowDef agg_within_group agg_star agg_distinct func_variadic funcformat location',
  NamedArgExpr: '>arg name argnumber location',
  BoolExpr: 'boolop *args location',
  NullTest: '>arg nulltesttype argisrow location',
  BooleanTest: '>arg booltesttype location',
  CaseExpr: '>arg *args >defresult location',
  CaseWhen: '>expr >result location',
  CoalesceExpr: '*args location',
  MinMaxExpr: 'op *args location',
  RowExpr: '*args row_format *colnames location',
  SubLink: 'subLinkType subLinkId >testexpr *operName >subselect location',
  SQLValueFunction: 'op type typmod location',
  GroupingFunc: '*args *refs agglevelsup location',
  GroupingSet: 'kind *content location',
  XmlExpr: 'op name *named_args *arg_names *args xmloption indent type typmod location',
  XmlSerialize: 'xmloption >expr typeName:TypeName indent location',
  // JSON
  JsonFormat: 'format_type encoding location',
  JsonReturning: 'format:JsonFormat typid typmod',
  JsonOutput: 'typeName:TypeName returning:JsonReturning',
  JsonValueExpr: '>raw_expr format:JsonFormat',
  JsonArgument: 'val:JsonValueExpr name',
  JsonBehavior: 'btype >expr coerce location',
  JsonFuncExpr:
    'op column_name context_item:JsonValueExpr >pathspec *passing output:JsonOutput on_empty:JsonBehavior on_error:JsonBehavior wrapper quotes location',
  JsonTable:
    'context_item:JsonValueExpr pathspec:JsonTablePathSpec *passing *columns on_error:JsonBehavior alias:Alias lateral location',
  JsonTablePathSpec: '>string name name_location location',
  JsonTableColumn:
    'coltype name typeName:TypeName pathspec:JsonTablePathSpec format:JsonFormat wrapper quotes *columns on_empty:JsonBehavior on_error:JsonBehavior location',
  JsonKeyValue: '>key value:JsonValueExpr',
  JsonParseExpr: 'expr:JsonValueExpr output:JsonOutput unique_keys location',
  JsonScalarExpr: '>expr output:JsonOutput location',
  JsonSerializeExpr: 'expr:JsonValueExpr output:JsonOutput location',
  JsonObjectConstructor: '*exprs output:JsonOutput absent_on_null unique location',
  JsonArrayConstructor: '*exprs output:JsonOutput absent_on_null location',
  JsonArrayQueryConstructor: '>query output:JsonOutput format:JsonFormat absent_on_null location',
  JsonAggConstructor: 'output:JsonOutput >agg_filter *agg_order over:WindowDef location',
  JsonObjectAgg: 'constructor:JsonAggConstructor arg:JsonKeyValue absent_on_null unique',
  JsonArrayAgg: 'constructor:JsonAggConstructor arg:JsonValueExpr absent_on_null',
  JsonIsPredicate: '>expr format:JsonFormat item_type unique_keys location',
  // queries
  SelectStmt: SELECT,
  ResTarget: 'name >val location',
  SortBy: '>node sortby_dir sortby_nulls *useOp location',
  WindowDef: 'name refname *partitionClause *orderClause frameOptions >startOffset >endOffset location',
  WithClause: '*ctes recursive location',
  CommonTableExpr:
    'ctename *aliascolnames ctematerialized >ctequery search_clause:CTESearchClause cycle_clause:CTECycleClause location cterecursive cterefcount',
  CTESearchClause: '*search_col_list search_breadth_first search_seq_column location',
  CTECycleClause: '*cycle_col_list cycle_mark_column >cycle_mark_value >cycle_mark_default cycle_path_column location',
  RangeVar: RANGE_VAR,
  RangeSubselect: 'lateral >subquery alias:Alias',
  RangeFunction: 'lateral ordinality is_rowsfrom *functions alias:Alias *coldeflist',
  RangeTableSample: '>relation *method *args >repeatable location',
  RangeTableFunc: 'lateral >docexpr >rowexpr *namespaces *columns alias:Alias location',
  RangeTableFuncCol: 'colname typeName:TypeName for_ordinality is_not_null >colexpr >coldefexpr location',
  ColumnDef: 'colname typeName:TypeName is_local collClause:CollateClause location',
  JoinExpr: 'jointype isNatural >larg >rarg *usingClause join_using_alias:Alias >quals alias:Alias rtindex',
}

/** What statements that write are made of besides. `WriteTarget` is ours: the RangeVar of what is written to. */
const WRITE_FIELDS: Readonly<Record<string, string>> = {
  InsertStmt:
    'relation:WriteTarget *cols >selectStmt onConflictClause:OnConflictClause returningClause:ReturningClause withClause:WithClause override',
  UpdateStmt: 'relation:WriteTarget *targetList >whereClause *fromClause returningClause:ReturningClause withClause:WithClause',
  DeleteStmt: 'relation:WriteTarget *usingClause >whereClause returningClause:ReturningClause withClause:WithClause',
  MergeStmt: 'relation:WriteTarget >sourceRelation >joinCondition *mergeWhenClauses returningClause:ReturningClause withClause:WithClause',
  WriteTarget: RANGE_VAR,
  MergeWhenClause: 'matchKind commandType override >condition *targetList *values',
  OnConflictClause: 'action infer:InferClause *targetList >whereClause location',
  InferClause: '*indexElems >whereClause conname location',
  IndexElem: 'name >expr *collation *opclass ordering nulls_ordering',
  SetToDefault: 'location',
  MultiAssignRef: '>source colno ncolumns',
  ReturningClause: '*options *exprs',
  ReturningOption: 'option value location',
  CurrentOfExpr: 'cursor_name cursor_param',
  MergeSupportFunc: 'msftype location',
  LockingClause: '~lockedRels strength waitPolicy',
  ResTarget: 'name *indirection >val location',
  SelectStmt: `${SELECT} *lockingClause`,
}

export type NodeShape = ReadonlyMap<string, FieldShape>

const shapesOf = (fields: Readonly<Record<string, string>>): ReadonlyMap<string, NodeShape> =>
  new Map(Object.entries(fields).map(([kind, text]) => [kind, new Map(text.split(' ').filter(Boolean).map(fieldOf))]))

export const nodeShapes = shapesOf(FIELDS)
/** For a credential that may write. */
export const writingNodeShapes = shapesOf({ ...FIELDS, ...WRITE_FIELDS })

function fieldOf(text: string): [string, FieldShape] {
  if (text.startsWith('~')) return [text.slice(1), { shape: 'names' }]
  if (text.startsWith('>')) return [text.slice(1), { shape: 'node' }]
  if (text.startsWith('*')) return [text.slice(1), { shape: 'list' }]
  const [name = '', kind] = text.split(':')
  return kind === undefined ? [name, { shape: 'scalar' }] : [name, { shape: 'struct', kind }]
}

/**
 * Node kinds that older servers read as plain function calls, with the major that first reads them as we do: below it
 * a function of the user's own could answer to the name.
 */
export const sinceMajor: ReadonlyMap<string, number> = new Map([
  ['JsonObjectConstructor', 16], ['JsonArrayConstructor', 16], ['JsonArrayQueryConstructor', 16], ['JsonObjectAgg', 16],
  ['JsonArrayAgg', 16], ['JsonFuncExpr', 17], ['JsonParseExpr', 17], ['JsonScalarExpr', 17], ['JsonSerializeExpr', 17], ['JsonTable', 17],
])
