/**
 * Whether a sentence says that an investor takes nothing new. It closes a gate for everybody, so each pattern asks for the whole
 * statement: "no new investments" counts, "no new investment without a lead" does not.
 */

const noun = String.raw`(?:invest(?!or|igat)\p{L}*|deals?|plassering\p{L}*|selskap\p{L}*|compan(?:y|ies)|navn|namn|names|saker|cases|pitch\p{L}*|henvendelser|førespurnader|opportunities)`;
const fresh = String.raw`(?:(?:nye?|new)\s+(?:\p{L}+\s+)?${noun})`;
const later = String.raw`(?:20\d\d|neste|next|further|vid[ae]re|tidlig(?:st)?|tidlegast|høst|haust|vår|sommer|sommar|januar|fond|fund|autumn|spring|summer|(?:the|our|vårt) (?:next|new year|autumn|spring|summer|fund|fond))`;
/** What may follow a whole statement: its end, a time, or until when. */
const tail = String.raw`(?=\s*(?:$|[.,;:!)–-]|(?:(?:på|in|inn|at|on) )?(?:nå|no|now|right now|for tid[ea]n?|at (?:present|the moment)|currently|this|i (?:år|øyeblikket|augeblinken|20\d\d)|in 20\d\d|ut (?:året|20\d\d)|mens|while)(?!\p{L})|(?:på |inn |in )?(?:før(?: i)?|until|before|till|inntil|fram til|frem til) ${later}))`;
/** The only words that may stand between "not" and "new investments". */
const gap = String.raw`(?:(?:gjør|gjer|tar|tek|take|taking|inn|in|i|on|på|mot|imot|for tid[ea]n|nå|lenger|lengre|longer|currently|presently|actively|making|make|accepting|accept|looking|at|considering|consider|invest(?:ing|erer)?|open|åpne?|opne?|to|for|any|noen|nokon)\s+){0,5}`;
const start = String.raw`(?<!\p{L})`;
const end = String.raw`(?!\p{L})`;
const stop = String.raw`\s*(?:$|[.,;:!])`;

const statements = [
  `${start}(?:ikke|ikkje|ingen|inga|no|not)\\s+${gap}${fresh}${tail}`,
  `${start}(?:nye?|new)\\s+${noun}\\s+(?:tar|tek|gjør|gjer|ser)\\s+(?:vi|me|jeg|eg)\\s+(?:\\p{L}+\\s+){0,2}(?:ikke|ikkje)(?:\\s+(?:inn|på|imot))?${tail}`,
  `${start}(?:nye?|new)\\s+${noun}\\s+(?:are|will)\\s+not\\s+(?:be(?:ing)?\\s+)?(?:consider|tak|accept|made)`,
  // The period or the fund has come to its end.
  `(?:investeringsperiod|investment period)\\p{L}*\\s+(?:vår\\s+)?(?:(?:gikk|gjekk|løp|ran)\\s+(?:ut|out)|utløp|ended|expired|er (?:\\p{L}+ )?(?:over|ute|utløp|avslutt|slutt)|is (?:now )?over|has (?:ended|expired|closed|run out))`,
  `(?:fond|fund)\\p{L}*\\s+(?:er|is|has)\\s+(?:\\p{L}+\\s+)?(?:stengt|lukk\\p{L}*|avslutt\\p{L}*|closed|tomt|empty)(?=${stop})`,
  `(?:fondet|the fund)\\s+(?:gikk|gjekk|løp|ran)\\s+(?:ut|out)(?=${stop}|\\s+(?:i|in)${end})`,
  `${start}(?:fond|fund|vi|me|we|kapital|capital)\\p{L}*\\s+(?:er|is|are)\\s+(?:\\p{L}+\\s+){0,3}(?:full(?:t|y)?[- ]?(?:invest|deploy|commit)|ferdig ?invest)\\p{L}*(?=${stop}|\\s+(?:and|og|since|siden|so|så|nå|now)${end})`,
  `${start}(?:fond\\p{L}*|fund|vi|me|we)\\s.{0,12}(?:under avvikling|winding down)`,
  // What is left goes to those it owns.
  `${start}(?:(?:rest|remaind)\\p{L}*\\s+(?:av|of)\\s+(?:the |our )?|remaining\\s+)(?:fond|fund|kapital|capital|money|pengene)\\p{L}*\\s.{0,25}(?:til|to|for)\\s+(?:oppfølg|follow[- ]?(?:up|on)).{0,60}(?:allerede|alt eig|already|eksisterande|eksisterende|existing|current|vi eier|me eig|we own|portefølj|portfolio)`,
  `${start}(?:kun|bare|berre|only)\\s+(?:(?:do|make|gjør|gjer)\\s+)?(?:oppfølgings(?:invest|rund)|follow[- ]?(?:ons?|up)(?: invest)?)\\p{L}*(?=${stop}|\\s+(?:in|i|into)\\s+.{0,20}(?:portef|portf|eksist|exist|current|allerede|already))`,
  `${start}(?:kun|bare|berre|only)\\s+(?:\\p{L}+\\s+)?(?:support|støtt|manag|forvalt|følg|selskapene|dei)\\p{L}*\\s(?:\\p{L}+\\s+){0,2}(?:eksist\\p{L}*|existing|current|allerede|alt|already)\\s+(?:portef|portf|companies|selskap|eier|eig|own)`,
  // It has stopped.
  `(?<!(?:ikke|ikkje|aldri|not|never) )${start}(?:stans|stopp|paus|lagt)\\p{L}*\\s+(?:i\\s+)?(?:alle?\\s+|all\\s+)?${fresh}(?!\\s+(?:i|in)\\s+(?!20|år))`,
  `${start}(?:nye|new|alle)\\s+(?:\\p{L}+\\s+)?${noun}\\s+(?:er|is|are|have been|blir)\\s+(?:\\p{L}+\\s+)?(?:stopp|stans|satt på|sett på|lagt på is|on hold|paus|suspend)`,
  `(?:stopped|sluttet|slutta|ferdige?|done|finished)\\s+(?:med\\s+)?(?:å\\s+)?invest\\p{L}*(?=\\s*(?:$|[.,;!])|\\s+(?:og|and|i nye|in new)${end})`,
  `(?:investerer|invest)\\s+(?:ikke|ikkje)${tail}(?!\\s*(?:nå|no)\\s+i\\s)`,
  `${start}not\\s+(?:(?:currently|actively|presently)\\s+)*(?:deploying|investing)${tail}`,
  `(?:^|(?:we|is|are|vi|me|er)\\s+(?:\\p{L}+\\s+)?)(?:closed|lukk\\p{L}*|stengt)\\s+(?:to|for)\\s+${fresh}`,
  `put a stop to ${fresh}|(?:legg\\p{L}*|lagt|set\\p{L}*|satt|put)\\s+${fresh}\\s+(?:på|on)\\s+(?:is|vent|pause|hold|ice)`,
];
const closed = new RegExp(statements.join('|'), 'iu');

/** An earlier fund is spent, and a later one is open. */
const goesOn =
  /(?<!(?:ikke|ikkje|not|no longer) )(?<!\p{L})(?:(?:investerer|investing|deploying)\s+(?:nå|now|no)|now\s+(?:investing|deploying)|actively looking|(?:fond|fund)\s+(?:II|III|IV|V|\d)\s+(?:er|is)\s+(?:open|åpe|ope)|(?:fond|fund)\s+(?:II|III|IV|V|\d)\s+(?:åpnet|opna|opened)|begynt å invest|investerer fortsatt|still invest)/iu;

/** The words that say it; undefined where the sentence does not. */
export const closedIn = (sentence: string): string | undefined =>
  goesOn.test(sentence) ? undefined : closed.exec(sentence)?.[0];
