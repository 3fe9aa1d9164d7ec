/** How the vectors of an owner's facets are keyed and packed, the same wherever they are written or read. */
import { createHash } from 'node:crypto';

/** sha256 of a facet's text, hexadecimal. */
export const textDigest = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** What has texts that are embedded; an event is a past round or award. */
export type OwnerType = 'member' | 'need' | 'event';

/** `member:ID`, `need:ID` or `event:ID`. */
export const ownerKey = (type: OwnerType, id: string): string => `${type}:${id}`;

/** The way back from `ownerKey`. */
export function ownerOf(key: string): { type: OwnerType; id: string } {
  const colon = key.indexOf(':');
  return { type: key.slice(0, colon) as OwnerType, id: key.slice(colon + 1) };
}

/** Key of one facet in the vector index. */
export const facetKey = (owner: string, facetIndex: number): string => `${owner}#${facetIndex}`;
export const ownerOfFacetKey = (key: string): string => key.slice(0, key.lastIndexOf('#'));

/** Float32 little-endian in base64: one string in every backend. */
export const packVector = (vector: Float32Array): string =>
  Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64');

export function unpackVector(packed: string): Float32Array {
  const bytes = Buffer.from(packed, 'base64');
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
