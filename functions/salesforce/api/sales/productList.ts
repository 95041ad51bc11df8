import * as z from 'zod';
import { LIST_TEXT } from '../../../../shared/schema/textLimit.ts';
import { strictJson } from '../../../../shared/strictJson.ts';
import { readNumber } from '../numberText.ts';

/** A product to add, and for how much. */
export interface WantedProduct {
  /** Its name, its code, or its ID. */
  product: string;
  quantity: number;
  /** For one; the list price unless given. */
  price?: number | undefined;
  /** In percent. */
  discount?: number | undefined;
}

/** One request of Salesforce's writes them all. */
const MAX_PRODUCTS = 50;

const number = (type: string) =>
  z.union([z.number(), z.string()]).transform((given, context): number => {
    const read = readNumber(given, { type, decimals: 2 });
    if ('value' in read) return read.value;
    context.addIssue(read.problem);
    return z.NEVER;
  });

const discountSchema = number('percent').pipe(
  z.number().min(0, 'It must not be less than 0.').max(100, 'It must not be more than 100.'),
);

/** A discount in percent. */
export const discount = z.number().min(0).max(100);

const productSchema = z
  .strictObject(
    {
      product: z.string().trim().min(1, 'It must not be blank.').max(255),
      quantity: number('double').pipe(z.number().positive('It must be more than 0.')).default(1),
      price: number('currency').pipe(z.number().min(0, 'It must not be less than 0.')).optional(),
      discount: discountSchema.optional(),
    },
    {
      error: issue =>
        issue.code === 'unrecognized_keys' ? `It takes product, quantity, price and discount.` : undefined,
    },
  )
  .describe('A product.');

/** The products of a write as one JSON text, because inputs are flat. */
export const productList = z
  .string()
  .trim()
  .max(LIST_TEXT)
  .transform((text, context): WantedProduct[] => {
    const { value, problem } = strictJson(text);
    const isList = problem === undefined && typeof value === 'object' && value !== null;
    if (!isList) {
      context.addIssue(
        `It ${problem ?? 'is no list'}. It must be JSON as a string, such as [{"product": "Premium Support", "quantity": 10}].`,
      );
      return z.NEVER;
    }
    const list = z
      .array(productSchema)
      .min(1, 'It has no product in it.')
      .max(MAX_PRODUCTS, `It has more than ${MAX_PRODUCTS} products.`)
      .safeParse(Array.isArray(value) ? value : [value]);
    if (list.success) return list.data;
    for (const { path, message } of list.error.issues) {
      const [at, ...field] = path;
      const which =
        typeof at === 'number' ? `Product ${at + 1}${field.length > 0 ? `, ${field.join('.')}` : ''}: ` : '';
      context.addIssue(`${which}${message}`);
    }
    return z.NEVER;
  });
