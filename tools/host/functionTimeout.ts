import * as z from 'zod';

/** `hh:mm:ss`, in milliseconds, as in https://learn.microsoft.com/azure/azure-functions/functions-host-json#functiontimeout */
export const functionTimeout = z
  .string()
  .regex(/^\d\d:[0-5]\d:[0-5]\d$/, 'Set it to hours, minutes and seconds, such as 00:01:45.')
  .transform(text => {
    const [hours = 0, minutes = 0, seconds = 0] = text.split(':').map(Number);
    return ((hours * 60 + minutes) * 60 + seconds) * 1000;
  });
