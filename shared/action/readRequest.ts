import type { HttpRequest } from '@azure/functions';
import { Failure, type FieldError, invalidInput } from '../failure.ts';
import { strictJson } from '../strictJson.ts';

/** Query parameters that the platform reads: a function key, and the name it goes by. */
const platformParameters = new Set(['code', 'clientid']);

/**
 * The longest address, its path and query as they are sent. The platform answers one above 8,192 bytes with an empty 414,
 * its method and protocol included: https://learn.microsoft.com/azure/azure-functions/functions-scale#service-limits
 */
const MAX_ADDRESS_BYTES = 8_000;
const MAX_BODY_BYTES = 1_000_000;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The inputs in a query. They are read from the address: what the platform has parsed has joined values that were given
 * twice, has lost names such as `__proto__`, and has U+FFFD for what is not UTF-8.
 * @throws Failure `invalid_input`
 */
export function readQuery({ url }: Pick<HttpRequest, 'url'>): Record<string, unknown> {
  const { pathname, search } = new URL(url);
  const parameters = search
    .slice(1)
    .split('&')
    .filter(Boolean)
    .map(text => ({ bytes: text.length, ...readParameter(text) }))
    .filter(({ name }) => !platformParameters.has(name?.toLowerCase() ?? ''));
  refuseTooLong(pathname.length + search.length, parameters);

  const errors: FieldError[] = [];
  const inputs = new Map<string, string>();
  for (const { name, value, given } of parameters) {
    if (name === undefined || value === undefined) {
      errors.push({ field: given, message: 'It is not UTF-8. Percent-encode its bytes in UTF-8.' });
    } else if (name === '') {
      errors.push({ field: '', message: 'A query parameter has no name. Write each as name=value.' });
    } else if (inputs.has(name)) {
      errors.push({
        field: name,
        message: 'It is given twice. Give it once; where it takes several values, separate them by commas.',
      });
    } else {
      inputs.set(name, value);
    }
  }
  if (errors.length > 0) throw invalidInput(errors);
  return Object.fromEntries(inputs);
}

interface Parameter {
  /** Undefined where it is not UTF-8, as `value` is. */
  name: string | undefined;
  value: string | undefined;
  /** The name as it is sent. */
  given: string;
}

function readParameter(text: string): Parameter {
  const [given = ''] = text.split('=', 1);
  return { given, name: decoded(given), value: decoded(text.slice(given.length + 1)) };
}

/** https://url.spec.whatwg.org/#urlencoded-parsing, but for what is not UTF-8. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' ').replace(/%(?![0-9a-f]{2})/gi, '%25'));
  } catch {
    return undefined;
  }
}

function refuseTooLong(bytes: number, parameters: readonly (Parameter & { bytes: number })[]): void {
  if (bytes <= MAX_ADDRESS_BYTES) return;
  const [longest] = parameters.toSorted((one, other) => other.bytes - one.bytes);
  if (!longest)
    throw new Failure('invalid_input', `The address is longer than ${MAX_ADDRESS_BYTES} bytes. Shorten it.`);
  const message = `All inputs together make an address of ${bytes} bytes, and it may have at most ${MAX_ADDRESS_BYTES}. This is the longest of them, with ${longest.bytes}: shorten it by ${bytes - MAX_ADDRESS_BYTES} or more, or ask for less at a time. A character that is not a plain letter or digit takes three bytes or more.`;
  throw invalidInput([{ field: longest.name ?? longest.given, message }]);
}

/**
 * The text of a body. U+FFFD in place of what cannot be read would be written to where it is kept for good.
 * @throws Failure `invalid_input` when it is not UTF-8, or is too long
 */
export async function readText(request: Pick<HttpRequest, 'headers' | 'arrayBuffer'>): Promise<string> {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(request.headers.get('content-type') ?? '')?.[1];
  if (charset && !/^(utf-?8|us-ascii)$/i.test(charset)) {
    throw new Failure(
      'invalid_input',
      `The body is said to be ${JSON.stringify(charset.slice(0, 40))}. Send it in UTF-8.`,
    );
  }
  const encoding = request.headers.get('content-encoding');
  if (encoding && encoding.toLowerCase() !== 'identity') {
    throw new Failure('invalid_input', 'The body is compressed. Send it as it is, without content-encoding.');
  }
  const bytes = await request.arrayBuffer();
  if (bytes.byteLength > MAX_BODY_BYTES) {
    throw new Failure('invalid_input', `The body is longer than ${MAX_BODY_BYTES} bytes. Send less.`);
  }
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new Failure('invalid_input', 'The body is not UTF-8. Encode its text in UTF-8 and send it again.', { cause });
  }
}

/** The inputs in a body, of which nothing may be in the query. @throws Failure `invalid_input` */
export async function readBody(request: HttpRequest): Promise<Record<string, unknown>> {
  const misplaced = Object.keys(readQuery(request));
  if (misplaced.length > 0) {
    throw invalidInput(
      misplaced.map(field => ({ field, message: 'Send it in the JSON body, not as a query parameter.' })),
    );
  }
  const text = await readText(request);
  if (text.trim() === '') return {};
  const { value, problem } = strictJson(text);
  if (problem === undefined && typeof value === 'object' && value !== null && !Array.isArray(value))
    return { ...value };
  throw new Failure(
    'invalid_input',
    `The body ${problem ?? 'is not a JSON object'}. Send the inputs as one JSON object, with content-type application/json.`,
  );
}
