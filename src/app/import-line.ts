/** One line of an import: from text to a document, or to what is wrong with it. */
import type { MatchEvent } from '../domain/event.ts';
import type { Member } from '../domain/member.ts';
import type { Need } from '../domain/need.ts';
import type { FieldFault } from '../domain/problem.ts';
import { createHash } from 'node:crypto';
import type { PastEvent } from '../domain/past-event.ts';
import type { OwnerType } from './facet-vectors.ts';
import { faultsOf, shortValue } from './faults.ts';
import { depthFault } from './json-depth.ts';
import { eventSchema } from './schemas/event.ts';
import { pastEventSchema } from './schemas/past-event.ts';
import { memberSchema } from './schemas/member.ts';
import { needSchema } from './schemas/need.ts';

export interface ImportLine {
  file?: string;
  /** From 1. */
  line: number;
  text: string;
  /** Set by the reader where the bytes could not become a text. */
  fault?: string;
}

export const maxLineCharacters = 1_000_000;

/** `event` is a past round or award, `programme-event` one at which members will meet. */
export type ImportType = OwnerType | 'programme-event';
export type ImportDoc = Member | Need | PastEvent | MatchEvent;

export type ParsedLine = { type: ImportType; doc: ImportDoc } | { faults: FieldFault[]; id?: string };

/** Events have no id of their own: the same content is the same event. */
const digestOf = (event: Omit<PastEvent, 'id'>): string =>
  createHash('sha256')
    .update(JSON.stringify(Object.entries(event).sort()))
    .digest('hex')
    .slice(0, 32);

/**
 * A line with counterparts is a past round or award, one with attendees an event to plan, one with a `kind` a member; one
 * with an owner or a title and no `kind` is a need.
 */
export function parseLine(line: ImportLine): ParsedLine {
  const fault = (code: string, message: string): ParsedLine => ({
    faults: [{ field: '', code, message, value: shortValue(line.text) }],
  });
  if (line.fault !== undefined) return fault('unreadable', line.fault);
  let value: unknown;
  try {
    value = JSON.parse(line.text);
  } catch {
    return fault('malformed_json', 'The line is not valid JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return fault('invalid_type', 'A line is one JSON object.');
  const deep = depthFault(value);
  if (deep !== undefined) return { faults: [deep] };
  if ('counterpartIds' in value) {
    const event = pastEventSchema.safeParse(value);
    return event.success
      ? { type: 'event', doc: { id: digestOf(event.data), ...event.data } }
      : { faults: faultsOf(event.error, value) };
  }
  const type =
    'attendees' in value
      ? 'programme-event'
      : 'kind' in value || !('ownerId' in value || 'title' in value)
        ? 'member'
        : 'need';
  const parsed = { member: memberSchema, need: needSchema, 'programme-event': eventSchema }[type].safeParse(value);
  if (parsed.success) return { type, doc: parsed.data };
  const id = (value as { id?: unknown }).id;
  return { faults: faultsOf(parsed.error, value), ...(typeof id === 'string' ? { id } : {}) };
}
