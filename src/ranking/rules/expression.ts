// Rules and formulas: SQL expressions that people write. DuckDB parses them; what they may hold is checked node by node, so
// that nothing in them can read a file, run a query, change a setting or differ from one run to the next.
import { didYouMean } from '../../config/index.js';
import { randomHex } from '../../kernel/index.js';
import { plainMessage } from '../database.js';
import type { RankingDatabase } from '../database.js';
import { RuleError } from '../errors.js';
import { name, text } from '../sql.js';
import { allowedCasts, allowedClasses, allowedConstants, allowedFunctions } from './allowed.js';

/** Where a name leads: the SQL that stands for it; undefined when there is no such column. */
export interface NameResolver {
  resolve(name: string): string | undefined;
  /** For the hint of an error. */
  readonly known: readonly string[];
}

export interface CompiledExpression {
  /** Never fails on a row: what cannot be worked out is null. */
  readonly sql: string;
  /** Names as written, each once, in order. */
  readonly columns: readonly string[];
}

interface Node {
  readonly class?: string;
  readonly [key: string]: unknown;
}

/** DuckDB's mark for "no place in the text", which is more than a number holds. */
const NO_LOCATION = /"query_location":18446744073709551615/g;
const PREFIX = 'SELECT (';

/**
 * @param place in ranking.yaml, such as `rankings[0].offers[2].eligibility.rule`
 * @throws RuleError with the place, what is wrong and what would be right
 */
export async function compileExpression(
  database: RankingDatabase,
  expression: string,
  options: { readonly place: string; readonly names: NameResolver },
): Promise<CompiledExpression> {
  const { place, names } = options;
  const parsed = await parse(database, expression, place);
  const columns = new Set<string>();
  const check = new ExpressionCheck(expression, place, names, columns);
  const rewritten = check.node(parsed);
  const statement = { error: false, statements: [{ node: { ...emptySelect, select_list: [rewritten] } }] };
  const [row] = await database.rows(place, `SELECT json_deserialize_sql(${text(JSON.stringify(statement))})`);
  const sql = check.withColumns(String(row?.[0]).replace(/^SELECT /, ''));
  return { sql: `TRY(${sql})`, columns: [...columns] };
}

/** The type of a compiled expression over `table`, as DuckDB names it. @throws RuleError when its types do not fit */
export async function typeOf(
  database: RankingDatabase,
  sql: string,
  options: { readonly place: string; readonly table: string },
): Promise<string> {
  try {
    const described = await database.connection.runAndReadAll(
      `DESCRIBE SELECT ${sql} AS x FROM ${name(options.table)}`,
    );
    return String(described.getRows()[0]?.[1]);
  } catch (error) {
    throw new RuleError(options.place, plainMessage(error), error);
  }
}

const emptySelect = {
  type: 'SELECT_NODE',
  modifiers: [],
  cte_map: { map: [] },
  from_table: { type: 'EMPTY', alias: '', sample: null, query_location: 0 },
  where_clause: null,
  group_expressions: [],
  group_sets: [],
  aggregate_handling: 'STANDARD_HANDLING',
  having: null,
  sample: null,
  qualify: null,
};

async function parse(database: RankingDatabase, expression: string, place: string): Promise<Node> {
  // The line end closes a comment that the expression may end in.
  const sql = `${PREFIX}${expression}\n)`;
  const [row] = await database.rows(place, `SELECT json_serialize_sql(${text(sql)})`);
  const answer = JSON.parse(String(row?.[0]).replaceAll(NO_LOCATION, '"query_location":0')) as {
    readonly error: boolean;
    readonly error_message?: string;
    readonly position?: string;
    readonly statements?: readonly { readonly node: Node & { readonly select_list: readonly Node[] } }[];
  };
  if (answer.error) {
    const at = answer.position === undefined ? '' : placeIn(expression, Number(answer.position));
    throw new RuleError(place, `${answer.error_message ?? 'cannot be read'}${at}`);
  }
  const node = answer.statements?.[0]?.node;
  const [only, ...more] = node?.select_list ?? [];
  const from = (node?.['from_table'] as Node | undefined)?.['type'];
  if (answer.statements?.length !== 1 || only === undefined || more.length > 0 || from !== 'EMPTY') {
    throw new RuleError(place, 'is not one expression');
  }
  return only;
}

/** ` at "> 30" (character 12)` */
function placeIn(expression: string, position: number): string {
  const at = position - PREFIX.length;
  if (!Number.isFinite(at) || at < 0 || at >= expression.length) return '';
  return ` at ${JSON.stringify(expression.slice(at, at + 20).trim())} (character ${at + 1})`;
}

class ExpressionCheck {
  readonly #expression: string;
  readonly #place: string;
  readonly #names: NameResolver;
  readonly #columns: Set<string>;
  /** What stands for a column, by the name it has in the meantime. */
  readonly #sql = new Map<string, string>();

  constructor(expression: string, place: string, names: NameResolver, columns: Set<string>) {
    this.#expression = expression;
    this.#place = place;
    this.#names = names;
    this.#columns = columns;
  }

  withColumns(deserialised: string): string {
    let sql = deserialised;
    for (const [mark, column] of this.#sql) sql = sql.replaceAll(mark, () => column);
    return sql;
  }

  /** The node with its columns replaced by names that stand for them. */
  node(node: Node): Node {
    switch (node.class) {
      case 'COLUMN_REF':
        return this.#column(node);
      case 'FUNCTION':
        this.#function(node);
        break;
      case 'CAST': {
        const type = String((node['cast_type'] as Node | undefined)?.['id']);
        if (!allowedCasts.has(type)) this.#refuse(node, `a cast to ${type} is not allowed`);
        break;
      }
      case 'CONSTANT':
        this.#constant(node);
        return node;
      case undefined:
      default:
        if (!allowedClasses.has(node.class ?? '')) {
          this.#refuse(node, `${(node.class ?? 'that').toLowerCase()} is not allowed here`);
        }
    }
    return this.#children(node);
  }

  #children(node: Node): Node {
    const entries = Object.entries(node).map(([key, value]) => [key, this.#child(key, value)] as const);
    return Object.fromEntries(entries);
  }

  #child(key: string, value: unknown): unknown {
    // What a cast leads to and what a value is hold no expressions.
    if (key === 'cast_type' || key === 'order_bys') return value;
    if (Array.isArray(value)) return value.map((one: unknown) => this.#child('', one));
    if (typeof value !== 'object' || value === null) return value;
    return 'class' in value ? this.node(value as Node) : this.#children(value as Node);
  }

  #column(node: Node): Node {
    const written = (node['column_names'] as readonly string[]).join('.');
    const sql = this.#names.resolve(written);
    if (sql === undefined) {
      return this.#refuse(node, `there is no column ${written}${didYouMean(written, this.#names.known)}`);
    }
    this.#columns.add(written);
    // Deserialising quotes names and knows no SQL in them: a name that nobody can guess stands for it until then.
    const mark = `column ${this.#sql.size} ${randomHex(16)}`;
    this.#sql.set(name(mark), sql);
    return { ...node, column_names: [mark] };
  }

  #function(node: Node): void {
    const called = String(node['function_name']);
    if (!allowedFunctions.has(called) || node['schema'] !== '' || node['catalog'] !== '') {
      this.#refuse(node, `the function ${called} is not allowed`);
    }
    if (node['filter'] !== null || node['distinct'] !== false)
      this.#refuse(node, 'aggregates are not allowed');
  }

  #constant(node: Node): void {
    const value = node['value'] as { readonly type?: { readonly id?: string }; readonly value?: unknown };
    const type = value.type?.id ?? '';
    if (!allowedConstants.has(type)) this.#refuse(node, `a constant of type ${type} is not allowed`);
    if (
      typeof value.value === 'number' &&
      Number.isInteger(value.value) &&
      !Number.isSafeInteger(value.value)
    ) {
      this.#refuse(node, 'the number is too large');
    }
  }

  #refuse(node: Node, message: string): never {
    throw new RuleError(
      this.#place,
      `${message}${placeIn(this.#expression, Number(node['query_location']))}`,
    );
  }
}
