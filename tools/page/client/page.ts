import type { DescribedApp } from '../describedApp.ts';
import { actionForm } from './actionForm.ts';
import { byId, element } from './element.ts';

const app: DescribedApp = await (await fetch('/_page/app')).json();

/** Faults of a vendor that are worth a try, as `shared/sandbox/sandboxServer.ts` takes them. */
const faults: [label: string, fault: object][] = [
  ['It is slow (3 s)', { delayMs: 3_000 }],
  ['It fails (500)', { status: 500, body: 'Internal error' }],
  ['It is overloaded (503)', { status: 503, body: 'Try again later' }],
  ['It limits requests (429)', { status: 429, headers: { 'retry-after': '30' }, body: '' }],
  ['It refuses the credentials (401)', { status: 401, body: '' }],
  ['It cuts the connection', { reset: 'after' }],
];

/** As long as a switch is on, that many requests meet the fault. */
const MANY = 10_000;

function systemsTable(): HTMLElement {
  const rows = app.systems
    .filter(({ backing }) => backing !== undefined)
    .map(({ name, title, backing, url }) =>
      element(
        'tr',
        {},
        element('th', { scope: 'row' }, title),
        element(
          'td',
          {},
          backing === 'sandbox' ? 'Sandbox with made-up data' : backing === 'real' ? `Real: ${url}` : 'Not configured',
          backing === 'sandbox' ? dataBack(name, title) : '',
        ),
        element('td', { id: `ready-${name}` }, 'Looking…'),
        element('td', {}, backing === 'sandbox' ? faultChoice(name, title) : ''),
      ),
    );
  const heads = ['System', 'What it is', 'Ready', 'Let it go wrong'].map(head => element('th', { scope: 'col' }, head));
  return element('table', {}, element('thead', {}, element('tr', {}, ...heads)), element('tbody', {}, ...rows));
}

/** What was written, closed or taken away since the start is undone. */
function dataBack(system: string, title: string): HTMLElement {
  const told = element('small', { role: 'status' });
  const button = element(
    'button',
    {
      type: 'button',
      class: 'outline secondary',
      'aria-label': `Put its data back: ${title}`,
      onclick: async () => {
        const { ok } = await fetch(`/_page/reset/${system}`, { method: 'POST' });
        told.textContent = ok ? 'As at the start.' : 'That failed.';
      },
    },
    'Put its data back',
  );
  return element('div', {}, button, told);
}

function faultChoice(system: string, title: string): HTMLElement {
  const told = element('small', { role: 'status' });
  const select = element(
    'select',
    {
      'aria-label': `What goes wrong at ${title}`,
      onchange: async () => {
        const [, fault] = (select.value !== '' && faults[Number(select.value)]) || [];
        await fetch(`/_page/faults/${system}`, { method: 'POST' });
        if (fault) {
          const body = JSON.stringify({ ...fault, times: MANY });
          await fetch(`/_page/faults/${system}`, { method: 'POST', body });
        }
        told.textContent = fault ? 'On, until you choose otherwise.' : 'Off.';
      },
    },
    element('option', { value: '' }, 'Nothing'),
    ...faults.map(([label], at) => element('option', { value: at }, label)),
  );
  return element('div', {}, select, told);
}

/** Asks what works: settings, sign-ins, permissions. */
async function tellReadiness(): Promise<void> {
  const response = await fetch('/api/health/ready');
  const { checks = [] }: { checks?: { name: string; status: string; detail: string }[] } = await response
    .json()
    .catch(() => ({}));
  for (const { name, backing } of app.systems) {
    if (backing === undefined) continue;
    const own = checks.filter(check => check.name === name || check.name.startsWith(`${name.toUpperCase()}_`));
    const wrong = own.filter(({ status }) => status === 'failed' || status === 'warning');
    const as = own.find(({ status }) => status === 'ok')?.detail;
    byId(`ready-${name}`).textContent =
      wrong.length > 0 ? wrong.map(({ detail }) => detail).join(' ') : as ? `Yes, as ${as}` : 'Not known';
  }
}

function listActions(term: string): void {
  const wanted = term.trim().toLowerCase();
  const isWanted = ({ name, title }: DescribedApp['actions'][number]) =>
    `${name} ${title}`.toLowerCase().includes(wanted);
  const groups = app.systems.flatMap(({ toolsets, title: system }) =>
    toolsets.flatMap(({ name, title }) => {
      const actions = app.actions.filter(action => action.toolset === name && isWanted(action));
      if (actions.length === 0) return [];
      const links = actions.map(action =>
        element(
          'li',
          {},
          element(
            'a',
            { href: `#/${action.name}`, title: action.title, 'aria-current': isOpen(action.name) ? 'page' : undefined },
            action.name,
          ),
        ),
      );
      return [
        element(
          'details',
          { open: wanted !== '' || actions.some(action => isOpen(action.name)) },
          element('summary', {}, `${system}: ${title} (${actions.length})`),
          element('ul', {}, ...links),
        ),
      ];
    }),
  );
  byId('actions').replaceChildren(...(groups.length > 0 ? groups : [element('p', {}, 'No action is called so.')]));
}

const isOpen = (name: string) => location.hash === `#/${name}`;

function openAction(): void {
  const action =
    app.actions.find(({ name }) => isOpen(name)) ??
    app.actions.find(({ name }) => name === 'getProjectUpdates') ??
    app.actions[0];
  if (!action) return;
  byId('action').replaceChildren(...actionForm(action));
  document.title = `${action.name} – try the actions`;
  listActions(filter.value);
}

const filter = byId('filter') as HTMLInputElement;
filter.addEventListener('input', () => listActions(filter.value));
window.addEventListener('hashchange', () => {
  openAction();
  byId('action').focus();
});

byId('systems').replaceChildren(systemsTable());
byId('endpoints').replaceChildren(
  ...app.endpoints.map(({ path, tools }) =>
    element(
      'details',
      {},
      element('summary', {}, `${location.origin}${path} (${tools.length} tools)`),
      tools.join(', '),
    ),
  ),
);
byId('definitions').replaceChildren(
  element(
    'details',
    {},
    element('summary', {}, `${app.definitions.length} files for Power Platform and Microsoft 365 Copilot`),
    element(
      'ul',
      {},
      ...app.definitions.map(name =>
        element('li', {}, element('a', { href: `/_page/definitions/${name}`, download: true }, name)),
      ),
    ),
  ),
);
openAction();
await tellReadiness();
