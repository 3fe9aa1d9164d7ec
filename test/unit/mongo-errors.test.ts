import { expect, test } from '@jest/globals';
import { asStoreError } from '../../src/adapters/store/mongo-errors.ts';

const withCode = (code: string, name = 'Error') => Object.assign(new Error('no'), { code, name });

test.each([
  withCode('EPIPE'),
  withCode('ECONNRESET'),
  withCode('ERR_STREAM_DESTROYED'),
  withCode('ERR_SOCKET_CLOSED'),
  withCode('', 'MongoNetworkError'),
])('a connection that broke means that the database is away: $code $name', (error) => {
  expect(asStoreError(error)).toMatchObject({ name: 'StoreError', code: 'unavailable', part: 'store', cause: error });
});

test.each([withCode('ERR_INVALID_ARG_TYPE', 'TypeError'), new RangeError('no')])(
  'a fault of this program stays what it is: $code $name',
  (error) => {
    expect(asStoreError(error)).toBe(error);
  },
);
