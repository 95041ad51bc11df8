import type { Action } from '../../shared/action/defineAction.ts';
import { inputSchema, outputSchema, type PlainSchema } from '../../shared/action/plainSchema.ts';
import { failureCodes } from '../../shared/failure.ts';
import { GENERATED } from './generated.ts';
import type { SampleCall } from './sampleCalls.ts';

/** docs/actions.md: what each action is for, takes and gives, with a call to the sandbox and its answer. */
export async function actionReference(
  actions: readonly Action[],
  sample: (action: Action) => Promise<SampleCall>,
): Promise<string> {
  const sections: string[] = [];
  for (const [system, group] of Map.groupBy(actions, action => action.system)) {
    sections.push(`## ${systemTitle(system)}\n`);
    for (const action of group) sections.push(actionSection(action, await sample(action)));
  }
  return `<!-- ${GENERATED} -->
# Actions

${actions.length} ${actions.length === 1 ? 'action' : 'actions'}. A read is a GET with query parameters; a write is a POST with a JSON body. Inputs that are marked * must be given.
The examples were answered by the sandbox that \`npm start\` runs; of a long list they show the first ${LONGEST_LIST} items.

${overview(actions)}
${sections.join('\n')}
## Errors

A failure is \`application/problem+json\` with the status below. With the header \`X-Error-Mode: inline\` it is a 200 with \`{ "error": { … } }\`. The \`detail\` (inline: the \`message\`) says what to do next.

| code | status | what it means | try again later |
|---|---|---|---|
${Object.entries(failureCodes)
  .map(([code, { status, title, retryable }]) => row(`\`${code}\``, String(status), title, retryable ? 'yes' : 'no'))
  .join('\n')}
`;
}

function overview(actions: readonly Action[]): string {
  const rows = actions.map(({ name, title, access }) => row(`[${name}](#${name.toLowerCase()})`, title, access));
  return ['| action | what it does | access |', '|---|---|---|', ...rows, ''].join('\n');
}

function actionSection(action: Action, { input, answer }: SampleCall): string {
  const { name, title, description, access } = action;
  const { properties, required = [] } = inputSchema(action);
  return `### ${name}

**${title}.** ${description}

${[
  '| input | type | what it is |',
  '|---|---|---|',
  ...Object.entries(properties).map(([field, schema]) =>
    row(`\`${field}\`${required.includes(field) ? ' *' : ''}`, typeName(schema), schema.description ?? ''),
  ),
].join('\n')}

${[
  '| output | type | what it is |',
  '|---|---|---|',
  ...outputRows(outputSchema(action)).map(({ path, schema }) =>
    row(`\`${path}\``, typeName(schema), schema.description ?? ''),
  ),
].join('\n')}

\`\`\`http
${access === 'read' ? readRequest(action, input) : writeRequest(action, input)}
\`\`\`
\`\`\`json
${JSON.stringify(shortened(answer), null, 2)}
\`\`\`

${errorsOf(action, Object.keys(properties))}
`;
}

/** What, besides an input that breaks its schema, this very action refuses: it follows from what its inputs name. */
function errorsOf({ access }: Action, inputs: readonly string[]): string {
  const named = inputs.filter(input =>
    /^(projectId|issueKey|targetIssueKey|objectType|recordId|accountId|contactId)$/.test(input),
  );
  const people = inputs.filter(input => input === 'assignee');
  const codes = [
    '`invalid_input` names each input that is missing, unknown or wrong',
    ...(named.length > 0 ? [`\`not_found\` when there is no such ${listed(named)} that the service may see`] : []),
    ...(people.length > 0 ? [`\`ambiguous\` when several people match ${listed(people)}, and lists them`] : []),
    ...(access === 'write'
      ? [
          '`forbidden` when the service is read only',
          '`conflict` when something changed meanwhile',
          '`upstream_timeout`, not to be repeated, when nobody knows whether the change was made',
        ]
      : []),
  ];
  return `**Errors**: ${codes.join('; ')}; and [those of every action](#errors).`;
}

function listed(names: readonly string[]): string {
  const quoted = names.map(name => `\`${name}\``);
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
}

function readRequest({ system, name }: Action, input: SampleCall['input']): string {
  const query = new URLSearchParams(
    Object.entries(input).map(([field, value]): [string, string] => [field, String(value)]),
  );
  return `GET /api/${system}/${name}${query.size > 0 ? `?${query}` : ''}`;
}

function writeRequest({ system, name }: Action, input: SampleCall['input']): string {
  return `POST /api/${system}/${name}\ncontent-type: application/json\n\n${JSON.stringify(input, null, 2)}`;
}

/** Every field of an answer, those of nested objects under their path. */
function outputRows({ properties = {} }: PlainSchema, prefix = ''): { path: string; schema: PlainSchema }[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const path = `${prefix}${name}`;
    const nested = schema.items ? outputRows(schema.items, `${path}[].`) : outputRows(schema, `${path}.`);
    return [{ path, schema }, ...nested];
  });
}

function typeName({ type, items, enum: values, format, default: otherwise }: PlainSchema): string {
  if (values)
    return `${values.map(value => `\`${value}\``).join(', ')}${otherwise === undefined ? '' : `; \`${otherwise}\` unless given`}`;
  if (type === 'array') return `list of ${items?.type ? `${items.type}s` : 'values'}`;
  return format ? `${type} (${format})` : (type ?? 'any');
}

const LONGEST_LIST = 3;
const LONGEST_TOKEN = 40;

/** A sample for the eye: a long list by its beginning, a token by its first characters. */
function shortened(value: unknown, name = ''): unknown {
  if (name === 'nextPageToken' && typeof value === 'string') return `${value.slice(0, LONGEST_TOKEN)}…`;
  if (Array.isArray(value)) return value.slice(0, LONGEST_LIST).map(item => shortened(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([field, part]) => [field, shortened(part, field)]));
}

function row(...cells: string[]): string {
  return `| ${cells.map(cell => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}

function systemTitle(system: string): string {
  return system.charAt(0).toUpperCase() + system.slice(1);
}
