import { describe, expect, it } from 'vitest';
import { secrets, settings } from '../../../examples/orders/settings.ts';
import { makeCertificate } from '../../support/certificate.ts';

const problems = (values: Record<string, string>) =>
  settings.safeParse(values).error?.issues.map(({ path }) => String(path[0])) ?? [];

describe('ORDERS_URL', () => {
  it('tells the user, the server and the database', () => {
    const ORDERS_URL = 'postgres://app%40tenant@db.example.com/my%20shop';
    expect(settings.parse({ ORDERS_URL }).ORDERS_URL).toEqual({
      host: 'db.example.com',
      port: 5432,
      user: 'app@tenant',
      database: 'my shop',
      isLoopback: false,
    });
    expect(settings.parse({ ORDERS_URL: 'postgresql://me@[::1]:6000/shop' }).ORDERS_URL).toMatchObject({
      host: '::1',
      port: 6000,
      isLoopback: true,
    });
  });

  it.each([
    ['holds a password', 'postgresql://reader:secret@db.example.com/shop'],
    ['would turn TLS off', 'postgresql://reader@db.example.com/shop?sslmode=disable'],
    ['names no user', 'postgresql://db.example.com/shop'],
    ['names no database', 'postgresql://reader@db.example.com'],
    ['is of another kind', 'https://reader@db.example.com/shop'],
    ['is wrongly encoded', 'postgresql://reader%@db.example.com/shop'],
  ])('is refused when it %s', (_, ORDERS_URL) => {
    expect(problems({ ORDERS_URL })).toEqual(['ORDERS_URL']);
  });
});

describe('ORDERS_SSL_CA', () => {
  const ORDERS_URL = 'postgresql://reader@db.example.com/shop';

  it('is a file, or what is in it', async () => {
    const { cert, file, remove } = await makeCertificate();
    expect(settings.parse({ ORDERS_URL, ORDERS_SSL_CA: file }).ORDERS_SSL_CA).toBe(cert);
    expect(settings.parse({ ORDERS_URL, ORDERS_SSL_CA: cert }).ORDERS_SSL_CA).toBe(cert);
    await remove();
  });

  it.each(['no-such-file.pem', 'package.json'])('is refused when it is %s', ORDERS_SSL_CA => {
    expect(problems({ ORDERS_URL, ORDERS_SSL_CA })).toEqual(['ORDERS_SSL_CA']);
  });
});

it('the password is needed unless the managed identity signs in', () => {
  const { isNeeded } = secrets['orders-password'];
  expect(isNeeded({ ORDERS_URL: 'postgresql://reader@db.example.com/shop' })).toBe(true);
  expect(isNeeded({ ORDERS_URL: 'postgresql://reader@db.example.com/shop', ORDERS_AUTH: 'entra' })).toBe(false);
  expect(isNeeded({})).toBe(false);
});
