/**
 * What Jira says of its limits: how many requests are left, such as `57/100`, whether that is less than a fifth, and which
 * limit it was that refused one. Not every answer says so, and API tokens have limits of bursts alone.
 * https://developer.atlassian.com/cloud/jira/platform/rate-limiting/
 */
export function rateLimits(headers: Headers): Record<string, string> {
  const read = (name: string, form: RegExp) => form.exec(headers.get(name) ?? '')?.[0];
  const remaining = read('x-ratelimit-remaining', wholeNumber);
  const limit = read('x-ratelimit-limit', wholeNumber);
  const reason = read('ratelimit-reason', word);
  return {
    ...(remaining && limit && { rateLimitRemaining: `${remaining}/${limit}` }),
    ...(headers.get('x-ratelimit-nearlimit')?.toLowerCase() === 'true' && { rateLimitNear: 'true' }),
    ...(reason && { rateLimitReason: reason }),
  };
}

const wholeNumber = /^\d{1,12}$/;
const word = /^[a-z][a-z-]{0,63}$/;
