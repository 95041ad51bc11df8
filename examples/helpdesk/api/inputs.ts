import * as z from 'zod';

const numberMessage = 'It must be the number of a ticket, such as 1042.';

export const ticketNumber = z
  .string()
  .trim()
  .regex(/^#?[1-9]\d{0,8}$/, numberMessage)
  .transform(text => Number(text.replace('#', '')))
  .meta({ description: 'The number of the ticket, such as 1042.', names: 'ticket' });

export const customer = z
  .email('It must be an e-mail address.')
  .meta({ description: "The customer's e-mail address." });
