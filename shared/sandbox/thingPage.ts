import type { SandboxReply } from './sandboxServer.ts';

/** A text, and where it leads. */
export interface Lead {
  text: string;
  href?: string;
}

/** What a sandbox shows of one of its things to a person. */
export interface Thing {
  /** What kind of thing it is: `Issue`. */
  kind: string;
  title: string;
  /** What is known of it; what is empty is left out. */
  facts: readonly (readonly [label: string, value: string | readonly Lead[]])[];
  lists?: readonly { title: string; items: readonly Lead[] }[];
}

const styles = `:root{color-scheme:light dark;font:100%/1.5 system-ui,sans-serif}body{max-width:60rem;margin:2rem auto;padding:0 1rem}
dl{display:grid;grid-template-columns:minmax(8rem,max-content) minmax(0,1fr);gap:.4rem 1.5rem}dt{font-weight:bold}dd{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
@media(max-width:40rem){dl{grid-template-columns:1fr}}`;

/** The page of a thing in HTML: it needs no script, and loads nothing. */
export function thingPage({ kind, title, facts, lists = [] }: Thing): SandboxReply {
  const terms = facts.flatMap(([label, value]) => {
    const shown = typeof value === 'string' ? escaped(value) : value.map(lead).join('<br>');
    return shown === '' ? [] : [`<dt>${escaped(label)}</dt><dd>${shown}</dd>`];
  });
  const sections = lists
    .filter(({ items }) => items.length > 0)
    .map(
      list => `<h2>${escaped(list.title)}</h2><ul>${list.items.map(item => `<li>${lead(item)}</li>`).join('')}</ul>`,
    );
  return {
    headers: { 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; img-src data:" },
    text: `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escaped(title)}</title><link rel="icon" href="data:,"><style>${styles}</style></head><body><main><p>${escaped(kind)}, made up, in the sandbox</p><h1>${escaped(title)}</h1><dl>${terms.join('')}</dl>${sections.join('')}</main></body></html>`,
  };
}

function lead({ text, href }: Lead): string {
  return href === undefined ? escaped(text) : `<a href="${escaped(href)}">${escaped(text)}</a>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);
}

/** What is shown where an address leads to nothing. */
export function noThingPage(): SandboxReply {
  return {
    ...thingPage({
      kind: 'Nothing',
      title: 'There is no such thing here',
      facts: [['Why', 'It was removed, or the sandbox was started anew and has its first data again.']],
    }),
    status: 404,
  };
}
