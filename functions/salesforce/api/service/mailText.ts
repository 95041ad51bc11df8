/** What an e-mail says itself. */
export interface MailText {
  text: string;
  /** Whether the mails that it answers, which it repeats, were left out. */
  hasQuote: boolean;
}

/** By these Salesforce recognises an answer; they say nothing to people. */
const threadTokens = /\[?[ \t]{0,3}ref:[!_]\w{1,40}[.!]{0,2}_?\w{0,40}:ref[ \t]{0,3}\]?|thread::[\w-]{1,100}::/g;

/** A subject as people write it. */
export function mailSubject(subject: string): string {
  return subject.replace(threadTokens, '').replace(/\s+/g, ' ').trim();
}

/** What programs put above the mail that is answered: `On 3 Nov 2026 at 10:00, Ana Ruiz <ana@example.com> wrote:` */
const wrote = /(?<!\p{L})(?:wrote|schrieb|écrit|escribió|schreef|scritto|escreveu|skrev|napisał)(?!\p{L})/iu;
const clockTime = /\d{1,2}[:.h]\d{2}/;
const original =
  /^[\s>*]{0,9}-{2,}\s{0,3}(?:original message|ursprüngliche nachricht|message d'origine|mensaje original|oorspronkelijk bericht|messaggio originale|mensagem original)\s{0,3}-{2,}/i;
const forwarded = /^[\s>*]{0,9}-{2,}\s{0,3}(?:forwarded message|weitergeleitete nachricht|message transféré)/i;
const from = /^[\s>*_]{0,9}(?:from|von|de|da|van|från|fra|od)[\s*_]{0,3}:/i;
const header =
  /^[\s>*_]{0,9}(?:sent|date|to|cc|subject|gesendet|datum|an|betreff|envoyé|à|objet|enviado|fecha|para|asunto|verzonden|aan|onderwerp|inviato|data|oggetto|assunto)[\s*_]{0,3}:/i;
const rule = /^[\s_*-]{0,200}$/;

/** Lines of a header, at most. */
const HEADER_LINES = 6;
/** Lines over which the line above a quotation may be broken, at most. */
const ATTRIBUTION_LINES = 3;
const MAX_ATTRIBUTION = 500;

/**
 * The text of an e-mail without the mails that it answers, where these stand below it. Quotations that are answered line by
 * line stay, and so does what was forwarded. Takes time in proportion to its length.
 */
export function mailText(mail: string): MailText {
  const lines = mail.replace(threadTokens, '').replace(/\r\n?/g, '\n').split('\n');
  const end = quoteStart(lines) ?? lines.length;
  let last = end;
  while (last > 0 && rule.test(lines[last - 1] ?? '')) last -= 1;
  const text = lines
    .slice(0, last)
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  return { text, hasQuote: end < lines.length };
}

/** Where the mails that are answered begin; undefined where there are none, or nothing else. */
function quoteStart(lines: readonly string[]): number | undefined {
  const lastOwn = lines.findLastIndex(line => line.trim() !== '' && !isQuoted(line));
  let hasText = false;
  for (const [at, line] of lines.entries()) {
    if (forwarded.test(line)) return undefined;
    // Between quotations that are followed by words of its own stands what answers them.
    const isQuoteToEnd = at > lastOwn && isQuoted(line);
    if (hasText && (isQuoteToEnd || original.test(line) || isHeader(lines, at) || isAttribution(lines, at, lastOwn))) {
      return at;
    }
    hasText ||= line.trim() !== '' && !isQuoted(line);
  }
  return undefined;
}

const isQuoted = (line: string) => /^\s{0,9}>/.test(line);

function isHeader(lines: readonly string[], at: number): boolean {
  if (!from.test(lines[at] ?? '')) return false;
  return lines.slice(at + 1, at + HEADER_LINES).filter(line => header.test(line)).length >= 2;
}

function isAttribution(lines: readonly string[], at: number, lastOwn: number): boolean {
  for (let end = at + 1; end <= at + ATTRIBUTION_LINES; end += 1) {
    const last = lines[end - 1]?.trim() ?? '';
    const above = lines.slice(at, end).join(' ').trim();
    if (last === '' || above.length > MAX_ATTRIBUTION) return false;
    if (!last.endsWith(':') || !wrote.test(above)) continue;
    const below = lines.slice(end, end + ATTRIBUTION_LINES).find(line => line.trim() !== '');
    const isBeforeQuote = below !== undefined && isQuoted(below);
    const tellsWhen = (text: string) => (isBeforeQuote ? /\d/.test(text) : text.includes('@') && clockTime.test(text));
    // What stands above it without telling when is the end of the answer.
    const isWhole = tellsWhen(above) && !tellsWhen(lines.slice(at + 1, end).join(' '));
    return isWhole && (!isBeforeQuote || end > lastOwn);
  }
  return false;
}
