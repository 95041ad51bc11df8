/** Whether a name begins with these words and has others behind them: `Due Date Only` with `due date`, not with `Due Da`. */
export function beginsWithWords(name: string, words: string): boolean {
  const [whole, start] = [spaced(name), spaced(words)];
  return start !== '' && whole.startsWith(start) && /^[^\p{L}\p{N}]/u.test(whole.slice(start.length));
}

const spaced = (text: string) => text.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();
