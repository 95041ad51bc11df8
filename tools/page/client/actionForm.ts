import { element } from './element.ts';
import { type Action, type Answer, addressOf, type Input, send, type Way } from './send.ts';

type DescribedInput = Action['inputs'][number];

/** Texts that may be longer than this are written in more than one line. */
const LONG = 1_000;

/** Shows an action: what it is for, a form for what it takes with its example filled in, and what is answered. */
export function actionForm(action: Action): HTMLElement[] {
  const answer = element('section', { 'aria-label': 'Answer', 'aria-live': 'polite', id: 'answer' });
  const isUsual = (input: DescribedInput) => input.isRequired || input.example !== undefined;
  const usual = action.inputs.filter(isUsual);
  const others = action.inputs.filter(input => !isUsual(input));
  const button = element('button', { type: 'submit' }, 'Send');
  const form = element(
    'form',
    {
      onsubmit: event => {
        event.preventDefault();
        void submit();
      },
    },
    ...usual.map(field),
    ...(others.length > 0
      ? [element('details', {}, element('summary', {}, `${others.length} more inputs`), ...others.map(field))]
      : []),
    ways(),
    button,
  );

  const submit = async () => {
    const input = readInput(form, action);
    button.setAttribute('aria-busy', 'true');
    // What was answered before is not what is asked for now.
    answer.replaceChildren();
    try {
      answer.replaceChildren(...shown(action, input, await send(action, input, chosenWay(form))));
    } catch (error) {
      answer.replaceChildren(element('p', { role: 'alert' }, `The app did not answer: ${error}. Is it still running?`));
    } finally {
      button.removeAttribute('aria-busy');
    }
  };

  return [
    element('h2', {}, action.title),
    element('p', {}, element('code', {}, action.name), ' ', element('span', { class: 'mark' }, action.access)),
    element('p', {}, action.description),
    ...(action.isForUsers ? [element('p', {}, 'It is for people who sign in, so here it is refused.')] : []),
    form,
    answer,
  ];
}

function ways(): HTMLElement {
  const choices: [Way, string][] = [
    ['http', 'Failures by their status'],
    ['inline', 'Failures inside of the answer, as a connector asks for them'],
    ['mcp', 'As an agent gets it, by MCP'],
  ];
  return element(
    'fieldset',
    { class: 'ways' },
    element('legend', {}, 'Answer'),
    ...choices.map(([way, label]) =>
      element(
        'label',
        {},
        element('input', { type: 'radio', name: '_way', value: way, checked: way === 'http' }),
        label,
      ),
    ),
  );
}

function chosenWay(form: HTMLFormElement): Way {
  const way = new FormData(form).get('_way');
  return way === 'inline' || way === 'mcp' ? way : 'http';
}

function field(input: DescribedInput): HTMLElement {
  const id = `input-${input.name}`;
  return element(
    'div',
    {},
    element('label', { for: id }, input.isRequired ? `${input.name} (required)` : input.name),
    control(input, id),
    element('small', { id: `${id}-about` }, input.description ?? ''),
  );
}

function control(input: DescribedInput, id: string): HTMLElement {
  const { name, type, example, isRequired, maxLength = 0, minimum, maximum } = input;
  const common = { id, name, required: isRequired, 'aria-describedby': `${id}-about` };
  const choices = type === 'boolean' ? ['true', 'false'] : input.enum;
  if (choices) {
    return element(
      'select',
      common,
      ...['', ...choices].map(choice =>
        element('option', { value: choice, selected: choice === String(example ?? '') }, choice || '–'),
      ),
    );
  }
  if (type === 'integer' || type === 'number') {
    return element('input', {
      ...common,
      type: 'number',
      min: minimum,
      max: maximum,
      step: type === 'number' ? 'any' : undefined,
      value: example?.toString(),
    });
  }
  if (maxLength > LONG) return element('textarea', { ...common, rows: 3 }, String(example ?? ''));
  return element('input', { ...common, type: 'text', value: example?.toString(), autocomplete: 'off' });
}

/** What is filled in, in the types that the action takes; what is left empty is left out. */
function readInput(form: HTMLFormElement, { inputs }: Action): Input {
  const data = new FormData(form);
  const given = inputs.flatMap(({ name, type }): [string, Input[string]][] => {
    const text = data.get(name);
    if (typeof text !== 'string' || text === '') return [];
    if (type === 'boolean') return [[name, text === 'true']];
    return [[name, type === 'integer' || type === 'number' ? Number(text) : text]];
  });
  return Object.fromEntries(given);
}

function shown(action: Action, input: Input, { status, text, milliseconds, bytes, call }: Answer): HTMLElement[] {
  const facts: [string, string][] = [
    ['Status', String(status)],
    ['Outcome', call?.code ?? 'not known'],
    ['Time', `${milliseconds} ms`],
    ['Requests to the vendor', call ? String(call.upstreamCalls) : 'not known'],
    ['Size', `${bytes.toLocaleString('en')} bytes`],
  ];
  const list = facts.map(([name, value]) =>
    element('div', {}, element('dt', {}, `${name}:`), element('dd', {}, value)),
  );
  return [
    element('h3', {}, 'Answer'),
    element('dl', { class: 'facts' }, ...list),
    element('p', {}, element('code', {}, `${action.access === 'read' ? 'GET' : 'POST'} ${addressOf(action, input)}`)),
    element('pre', { tabindex: 0, 'aria-label': 'What was answered' }, ...withLinks(text)),
  ];
}

/** Addresses in an answer lead to the sandbox's page of the thing, or to the vendor's. */
function withLinks(text: string): (Node | string)[] {
  return text
    .split(/(https?:\/\/[^\s"\\<>]+)/)
    .map((part, at) => (at % 2 === 1 ? element('a', { href: part, target: '_blank', rel: 'noreferrer' }, part) : part));
}
