import { type FaultRow, faultTable } from './faults/runFaultMatrix.ts';

/** What one of the long forms came to. */
export interface Result {
  title: string;
  /** What was done, and how often. */
  tried: string;
  figures: Record<string, number | string>;
  /** What was not as it must be. */
  wrong: readonly unknown[];
  rows?: readonly FaultRow[];
}

/** The page with the figures, in Markdown. */
export function reliabilityPage(results: readonly Result[], { seed, day }: { seed: number; day: string }): string {
  const lines = results.map(({ title, tried, wrong }) => `| ${title} | ${tried} | ${wrong.length} |`);
  const sections = results.map(({ title, figures, rows }) =>
    [
      `## ${title}`,
      ['| | |', '|---|---|', ...Object.entries(figures).map(([name, value]) => `| ${inWords(name)} | ${value} |`)].join(
        '\n',
      ),
      ...(rows
        ? [
            `Status and kind of what is told. A look-up is whatever a write asks for beside itself.\n\n${faultTable(rows)}`,
          ]
        : []),
    ].join('\n\n'),
  );
  return `${[
    '<!-- Written by `npm run reliability`. Do not edit. -->',
    '# Reliability',
    `Measured on ${day} with the seed ${seed}, against the sandboxes. \`npm run reliability -- --seed ${seed}\` makes the same choices again.`,
    ['| what must hold | what was tried | found wrong |', '|---|---|---|', ...lines].join('\n'),
    'Shorter forms of all of these are part of the tests, and the soak is a step of its own in `.ci/run`. Each is made from the list of actions, so that a new action is in it by being declared.',
    ...sections,
  ].join('\n\n')}\n`;
}

/** `pagesContinued` is "pages continued"; codes stay as they are. */
export function inWords(name: string): string {
  return name.includes('_') ? `\`${name}\`` : name.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`);
}
