/** One table of everything that can go wrong for a caller (RFC 9457): code -> status and title. */
export const problems = {
  'malformed-json': { status: 400, title: 'The body is not valid JSON' },
  'bad-request': { status: 400, title: 'The request cannot be understood' },
  forbidden: { status: 403, title: 'That is not allowed from there' },
  'not-found': { status: 404, title: 'There is no such thing here' },
  'method-not-allowed': { status: 405, title: 'This address does not take that method' },
  taken: { status: 409, title: 'The id or a unique value is taken' },
  'not-allowed-now': { status: 409, title: 'Not allowed in the present state' },
  stale: { status: 412, title: 'Changed since you read it' },
  'too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The media type of the body is not taken here' },
  misdirected: { status: 421, title: 'This service does not answer under that name' },
  invalid: { status: 422, title: 'Some fields are not valid' },
  'match-not-applicable': { status: 422, title: 'This kind of match does not apply to the subject' },
  'precondition-required': { status: 428, title: 'Send If-Match with the ETag you read' },
  internal: { status: 500, title: 'Something went wrong here' },
  unavailable: { status: 503, title: 'A part of the service is away; try again' },
} as const satisfies Record<string, { status: number; title: string }>;
export type ProblemCode = keyof typeof problems;

/** One field that is not valid. `code` is stable; `message` is for people; `value` is what was sent, when short. */
export interface FieldFault {
  field: string;
  code: string;
  message: string;
  value?: unknown;
}

/** The one error type that use-cases throw. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly faults: readonly FieldFault[];
  /** More members of the answer, such as `retryAfterSeconds` or the ids that block. */
  readonly extra: Readonly<Record<string, unknown>>;
  constructor(
    code: ProblemCode,
    detail: string,
    options: { faults?: readonly FieldFault[]; extra?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(detail, { cause: options.cause });
    this.name = 'Problem';
    this.code = code;
    this.faults = options.faults ?? [];
    this.extra = options.extra ?? {};
  }
}
