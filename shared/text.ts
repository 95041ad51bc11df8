/** The first `length` characters of a text, with `…` where it was cut. */
export function beginning(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length).toWellFormed()}…`;
}

const MAX_QUOTED = 80;

/** A name that somebody gave, as a message repeats it. */
export function quoted(text: string): string {
  return `"${text.slice(0, MAX_QUOTED).toWellFormed()}"`;
}

const MAX_SENTENCE = 300;

/** What an upstream says, as one sentence of a message. */
export function sentence(text: string): string {
  const said = beginning(text.trim(), MAX_SENTENCE);
  return /[.!?…]$/.test(said) ? said : `${said}.`;
}
