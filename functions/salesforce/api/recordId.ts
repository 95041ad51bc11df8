export const recordIdPattern = /^[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?$/;
const suffixLetters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/** Whether a text has the form of a record ID: 15 or 18 letters and digits. */
export function isRecordId(text: string): boolean {
  return recordIdPattern.test(text);
}

/**
 * The 18 characters of a record's ID, of which the last three tell which of the others are capitals. One of 18 whose
 * letters have lost their case, as in a spreadsheet, gets it back; one that contradicts itself stays as it is.
 * https://help.salesforce.com/s/articleView?id=000383751&type=1
 */
export function longRecordId(id: string): string {
  if (id.length === 15) return id + suffixOf(id);
  const suffix = id.slice(15).toUpperCase();
  const restored = [...id.slice(0, 15).toLowerCase()]
    .map((char, at) => {
      const capitals = suffixLetters.indexOf(suffix.charAt(Math.floor(at / 5)));
      return (capitals >> (at % 5)) & 1 ? char.toUpperCase() : char;
    })
    .join('');
  return suffixOf(restored) === suffix ? restored + suffix : id;
}

function suffixOf(id: string): string {
  return [0, 5, 10]
    .map(from => {
      const capitals = [...id.slice(from, from + 5)].map((char, at) => (/[A-Z]/.test(char) ? 1 << at : 0));
      return suffixLetters.charAt(capitals.reduce((sum, bit) => sum + bit, 0));
    })
    .join('');
}

/** Whether two IDs are one record's: of 15 and of 18 characters. */
export function isSameRecord(one: string, other: string): boolean {
  return (
    longRecordId(one) === longRecordId(other) ||
    (one.length !== other.length && one.slice(0, 15) === other.slice(0, 15))
  );
}

/** What the IDs of an object's records begin with. https://help.salesforce.com/s/articleView?id=000385203&type=1 */
const prefixes: Readonly<Record<string, string>> = {
  Account: '001',
  Contact: '003',
  User: '005',
  Opportunity: '006',
  RecordType: '012',
  Group: '00G',
  Lead: '00Q',
  Task: '00T',
  Event: '00U',
  Pricebook2: '01s',
  Product2: '01t',
  Asset: '02i',
  Case: '500',
  Campaign: '701',
  Contract: '800',
  Order: '801',
};

/** The object whose records' IDs begin so, where that is the same in every org. */
export function objectOfId(id: string): string | undefined {
  const prefix = longRecordId(id).slice(0, 3);
  return Object.entries(prefixes).find(([, each]) => each === prefix)?.[0];
}

/**
 * Whether a text that is given for a record is its ID, and not a name of 15 or 18 letters, such as "AcmeCorporation": one
 * that has no digit, or begins as no ID of the objects does.
 */
export function isIdOf(targets: readonly string[], text: string): boolean {
  if (!isRecordId(text) || !/\d/.test(text)) return false;
  if (objectOfId(text) !== undefined) return true;
  const known = targets.flatMap(target => prefixes[target] ?? []);
  // The IDs of custom objects begin with a, and those of other objects with a digit or a small letter.
  return known.length < targets.length && /^[0-9a-z]/.test(text);
}
