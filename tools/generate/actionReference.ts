import type { Action, Effect } from '../../shared/action/defineAction.ts';
import type { System } from '../../shared/action/defineSystem.ts';
import { inputSchema, outputSchema, type PlainSchema } from '../../shared/action/plainSchema.ts';
import { failureCodes } from '../../shared/failure.ts';
import { fieldsOf, meaningOf } from '../../shared/schema/meaning.ts';
import { GENERATED } from './generated.ts';
import type { SampleCall } from './sampleCalls.ts';

/** docs/actions.md: what each action is for, takes and gives, with a call to the sandbox and its answer. */
export async function actionReference(
  systems: readonly System[],
  actions: readonly Action[],
  sample: (action: Action) => Promise<SampleCall>,
): Promise<string> {
  const chapters: string[] = [];
  for (const { system, toolsets } of bySystem(systems, actions)) {
    chapters.push(`## ${system.title}\n`);
    for (const { name, title, group } of toolsets) {
      chapters.push(`### ${system.title}: ${title}\n\nThe toolset \`${name}\`, by MCP at \`/api/mcp/x/${name}\`.\n`);
      for (const action of group) chapters.push(actionSection(action, await sample(action)));
    }
  }
  return `<!-- ${GENERATED} -->
# Actions

${actions.length} ${actions.length === 1 ? 'action' : 'actions'}. A read is a GET with query parameters; a write is a POST with a JSON body. A write is idempotent when the same call made twice leaves what one leaves. Inputs that are marked * must be given.
The examples were answered by the sandbox that \`npm start\` runs; of a long list they show the first ${LONGEST_LIST} items.

${overview(systems, actions)}
${chapters.join('\n')}
## Errors

A failure is \`application/problem+json\` with the status below. With the header \`X-Error-Mode: inline\` it is a 200 with \`{ "error": { … } }\`. The \`detail\` (inline: the \`message\`) says what to do next.

| code | status | what it means | try again later |
|---|---|---|---|
${Object.entries(failureCodes)
  .map(([code, { status, title, retryable }]) => row(`\`${code}\``, String(status), title, retryable ? 'yes' : 'no'))
  .join('\n')}
`;
}

/** The systems with their toolsets, and the actions in those; what has no actions is left out. */
function bySystem(systems: readonly System[], actions: readonly Action[]) {
  return systems
    .map(system => ({
      system,
      toolsets: Object.entries(system.toolsets)
        .map(([name, title]) => ({ name, title, group: actions.filter(({ toolset }) => toolset === name) }))
        .filter(({ group }) => group.length > 0),
    }))
    .filter(({ toolsets }) => toolsets.length > 0);
}

function overview(systems: readonly System[], actions: readonly Action[]): string {
  const rows = bySystem(systems, actions).flatMap(({ system, toolsets }) =>
    toolsets.flatMap(({ title: toolset, group }) =>
      group.map(action =>
        row(
          `[${action.name}](#${action.name.toLowerCase()})`,
          action.title,
          accessOf(action),
          `${system.title}: ${toolset}`,
        ),
      ),
    ),
  );
  return ['| action | what it does | access | toolset |', '|---|---|---|---|', ...rows, ''].join('\n');
}

/** What a call does to what is there, in a few words. */
function accessOf({ effect, idempotent }: Action): string {
  return effect ? `write: ${effect}${idempotent ? ', idempotent' : ''}` : 'read';
}

function actionSection(action: Action, { input, answer }: SampleCall): string {
  const { name, title, description, access } = action;
  const { properties, required = [] } = inputSchema(action);
  return `#### ${name}

**${title}.** ${description}

${accessSentence(action)}

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
${
  answer
    ? `\`\`\`json
${JSON.stringify(shortened(answer), null, 2)}
\`\`\``
    : 'There is no sandbox that answers it.'
}

${errorsOf(action)}
`;
}

function accessSentence({ access, effect, idempotent }: Action): string {
  return effect ? `A ${access} that ${effect}, and is ${idempotent ? '' : 'not '}idempotent.` : `A ${access}.`;
}

const conflicts: Readonly<Record<Effect, string>> = {
  adds: 'it is there already',
  changes: 'it changed meanwhile, or is already so',
  removes: 'it changed meanwhile, or is gone already',
};

/** What, besides an input that breaks its schema, this very action refuses: it follows from what its inputs mean. */
function errorsOf({ access, effect, callers, input }: Action): string {
  const inputs = Object.entries(fieldsOf(input)).map(([name, schema]) => ({ name, meaning: meaningOf(schema) }));
  const kinds = Map.groupBy(
    inputs.filter(({ meaning }) => meaning.names),
    ({ meaning }) => meaning.names,
  );
  const named = [...kinds].map(([kind, group]) => `${kind} (${listed(group.map(({ name }) => `\`${name}\``))})`);
  const several = inputs.filter(({ meaning }) => meaning.mayMatchSeveral).map(({ name }) => `\`${name}\``);
  const codes = [
    '`invalid_input` names each input that is missing, unknown or wrong',
    ...(named.length > 0 ? [`\`not_found\` when there is no such ${listed(named)} that the service may see`] : []),
    ...(several.length > 0 ? [`\`ambiguous\` when ${listed(several)} matches several, and lists them`] : []),
    ...(callers === 'users' ? ['`forbidden` for a caller who is not a user who signed in'] : []),
    ...(access === 'write' ? ['`forbidden` when the service is read only'] : []),
    ...(effect ? [`\`conflict\` when ${conflicts[effect]}`] : []),
    ...(access === 'write'
      ? ['`upstream_timeout` when it is not known whether the write was made: look before making it again']
      : []),
  ];
  return `**Errors**: ${codes.join('; ')}; and [those of every action](#errors).`;
}

function listed(texts: readonly string[]): string {
  return texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} or ${texts.at(-1)}`;
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
const LONGEST_TOKEN = 12;
const SAMPLE_PLAN_TOKEN = 'q2Vb8mX0tYw3Zk5RfLh1Ng';

/** A sample for the eye: a long list by its beginning, a token by its first characters. */
function shortened(value: unknown, name = ''): unknown {
  // It is another one each time.
  if (name === 'confirmationToken') return SAMPLE_PLAN_TOKEN;
  if (name === 'nextPageToken' && typeof value === 'string') return `${value.slice(0, LONGEST_TOKEN)}…`;
  if (Array.isArray(value)) return value.slice(0, LONGEST_LIST).map(item => shortened(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([field, part]) => [field, shortened(part, field)]));
}

function row(...cells: string[]): string {
  return `| ${cells.map(cell => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}
