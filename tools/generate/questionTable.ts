import type { Action } from '../../shared/action/defineAction.ts';
import { onSandboxes } from './onSandboxes.ts';
import type { Question } from './questions.ts';

/**
 * A Markdown table of questions with the actions that are called and how their answers begin, as the sandboxes answer.
 * What asks for an action that there is not is left out.
 * @throws Error when a call is refused that should not be, or not when it should be, or its answer lacks what is shown
 */
export async function questionTable(questions: readonly Question[], actions: readonly Action[]): Promise<string[]> {
  const byName = new Map(actions.map(action => [action.name, action]));
  const answerable = questions.filter(({ calls }) => calls.every(({ action }) => byName.has(action)));
  const rows = answerable.map(async ({ asked, calls }) => {
    const uses = new Set(calls.flatMap(({ action }) => byName.get(action)?.uses ?? []));
    const told = await onSandboxes([...uses], {}, async call => {
      const lines: string[] = [];
      let before: unknown;
      for (const { action: name, input, after, shows = '{summary}', list, refused = false } of calls) {
        const action = byName.get(name);
        if (!action) continue;
        const where = `“${asked}”, ${name}`;
        const given = Object.entries(input).map(([field, value]): [string, string | number | boolean] => [
          field,
          field === 'confirmationToken' ? filled(String(value), before, where) : value,
        ]);
        const outcome = await call(action, Object.fromEntries(given));
        if (outcome.ok === refused) {
          throw new Error(`${where}: ${outcome.ok ? 'it is not refused.' : outcome.failure.message}`);
        }
        if (after) lines.push(`*“${after}”*`);
        if (!outcome.ok) {
          lines.push(`\`${outcome.failure.code}\`: ${outcome.failure.message}`);
          continue;
        }
        const answer: unknown = JSON.parse(outcome.body);
        before = answer;
        lines.push(filled(shows, answer, where));
        if (list) {
          const items = at(answer, list.of);
          if (!Array.isArray(items) || items.length === 0) throw new Error(`${where}: it lists no ${list.of}.`);
          const first = items.slice(0, list.first ?? 2);
          lines.push(...first.map(item => `• ${filled(list.line, item, where)}`));
          if (items.length > first.length) lines.push('• …');
        }
      }
      return lines;
    });
    const called = new Set(calls.map(({ action }) => `[\`${action}\`](docs/actions.md#${action.toLowerCase()})`));
    return `| **${cell(asked)}**<br>${[...called].join(', ')} | ${told.map(cell).join('<br>')} |`;
  });
  return ['| somebody asks | and reads, from the sandboxes |', '|---|---|', ...(await Promise.all(rows))];
}

/** The text with what stands at each `{path}` of an answer in its place. @throws Error where nothing does */
function filled(template: string, answer: unknown, where: string): string {
  return template.replace(/\{([\w.]+)\}/g, (_, path: string) => {
    const value = at(answer, path);
    if (typeof value === 'number') return value.toLocaleString('en-US');
    if (typeof value === 'string') return value;
    throw new Error(`${where}: its answer has no text or number ${path}.`);
  });
}

function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((found, step) => Object.entries(Object(found)).find(([name]) => name === step)?.[1], value);
}

const cell = (text: string) => text.replaceAll('|', String.raw`\|`).replaceAll('\n', ' ');
