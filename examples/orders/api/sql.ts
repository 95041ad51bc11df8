/** A value that travels beside a statement, never in it. */
type SqlValue = string | number | boolean | Date;

/** A statement, or a part of one. Made by the `sql` tag alone. */
export class Sql {
  readonly strings: readonly string[];
  readonly values: readonly SqlValue[];

  constructor(strings: readonly string[], values: readonly SqlValue[]) {
    this.strings = strings;
    this.values = values;
  }
}

/** Builds SQL: a value becomes a parameter, whatever characters it has, and SQL goes in as it is. */
export function sql(parts: TemplateStringsArray, ...inserted: readonly (SqlValue | Sql)[]): Sql {
  const strings = [parts[0] ?? ''];
  const values: SqlValue[] = [];
  const append = (text: string) => strings.push((strings.pop() ?? '') + text);
  for (const [at, value] of inserted.entries()) {
    if (value instanceof Sql) {
      append(value.strings[0] ?? '');
      strings.push(...value.strings.slice(1));
      values.push(...value.values);
      append(parts[at + 1] ?? '');
    } else {
      values.push(value);
      strings.push(parts[at + 1] ?? '');
    }
  }
  return new Sql(strings, values);
}

/** All of the conditions; with none of them, all rows. */
export function allOf(conditions: readonly Sql[]): Sql {
  return conditions.reduce((all, condition) => sql`${all} AND ${condition}`, sql`TRUE`);
}

/** The right side of `ILIKE`: texts with this one in them, its wildcards taken as they are. */
export function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}

/** The statement as PostgreSQL takes it, with `$1`, `$2` where its values belong. */
export function toQuery({ strings, values }: Sql): { text: string; values: SqlValue[] } {
  const text = strings.reduce((text, string, at) => `${text}$${at}${string}`);
  return { text, values: [...values] };
}
