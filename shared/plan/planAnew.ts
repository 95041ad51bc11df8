/** What to do about an item that was left alone because it is not as it was planned. */
export const planAnew = 'To plan it anew, make the call again without confirmationToken.';
