/** A file that is generated: its path from the root of the project, and what is in it. */
export type GeneratedFile = [path: string, content: string | Buffer];

/** JSON as it is committed. */
export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
