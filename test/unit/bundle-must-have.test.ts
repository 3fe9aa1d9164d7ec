import { expect, test } from '@jest/globals';
import { mustHave } from '../../src/domain/coverage/must-have.ts';
import { connectionTo, sellsIntegration, systemsOf } from '../../src/domain/coverage/systems.ts';
import { wishesOf } from '../../src/domain/bundle/wishes.ts';
import { toyMember } from '../support/toy-parties.ts';

const systems = systemsOf([
  { id: 'a', kind: 'startup', name: 'A', integrations: ['Postkasse', 'FHIR'] },
  { id: 'b', kind: 'startup', name: 'B', integrations: ['FHIR', 'Arkivet EPJ'] },
]);
const kindOf = (text: string) => mustHave(text, 0, systems.has).kind;

test.each([
  ['ISO 27001', 'certificate'],
  ['ISO 9001 eller tilsvarende', 'certificate'],
  ['Normen or equivalent', 'certificate'],
  ['CE class IIa before use without a doctor', 'certificate'],
  ['CE-godkjent medisinsk utstyr', 'certificate'],
  ['Høyderobot CE klasse IIa', 'function'],
  ['CE-merkede tankelesere', 'function'],
  ['Nynorsk', 'language'],
  ['Norsk og samisk i menyene', 'language'],
  ['Transcription of Norwegian speech', 'function'],
  ['Integrasjon mot Arkivet', 'integration'],
  ['Export to the archive', 'integration'],
  ['Postkasse', 'integration'],
  ['Legekontor-EPJ/Postkasse', 'integration'],
  ['FHIR-mikser', 'function'],
  ['Varsel i Arkivet', 'integration'],
  ['Calculated from data in Arkivet EPJ', 'integration'],
  ['Varsel i stua', 'function'],
  ['Postbud i Arkivet', 'function'],
  ['Én ansvarlig for montering', 'lead'],
  ['One prime contractor', 'lead'],
  ['Pris per rom', 'term'],
  ['Kapasitet til 400 rom', 'term'],
  ['Kapasitetsstyring', 'function'],
  ['Brukes av vaktmester', 'term'],
  ['Opplæring', 'term'],
  ['Opplæring i førstehjelp på hund', 'function'],
  ['Alt lagres innenfor EØS', 'term'],
  ['Independent validation', 'term'],
  ['Vekkerklokke validert på nattevakter', 'function'],
])('"%s" asks for a %s', (text, kind) => {
  expect(kindOf(text)).toBe(kind);
});

test.each([
  ['Døgnbemannet vakt', 'staffed'],
  ['Plattform for måleutstyr', 'software'],
  ['Måleutstyr til plattformen', 'device'],
  ['Sporing av utstyr', undefined],
])('"%s" is told by its head as %s', (text, deliverable) => {
  expect(mustHave(text, 0, systems.has).deliverable).toBe(deliverable);
});

test('systems in a text come with the rarest first, and one supplier names it, plans it or does not', () => {
  expect(systems.in('Kobling med FHIR til Postkasse')).toEqual(['postkasse', 'fhir']);
  const member = toyMember({ id: 'm', integrations: ['Postkasse', 'FHIR (planlagt)'] }).doc;
  expect(['postkasse', 'fhir', 'arkivet'].map((name) => connectionTo(name, member))).toEqual([
    'connected',
    'planned',
    'none',
  ]);
});

test('an integrator, or who offers integration, sells integration; who is merely connected does not', () => {
  expect(sellsIntegration(toyMember({ id: 'a', kind: 'integrator' }))).toBe(true);
  expect(sellsIntegration(toyMember({ id: 'b', offers: ['Integrasjon mellom alt og alle'] }))).toBe(true);
  expect(sellsIntegration(toyMember({ id: 'c', offers: ['Radio'], integrations: ['FHIR'] }))).toBe(false);
});

test.each([
  ['nb', 'Vi ser gjerne at leverandører går sammen. Været er fint.', 'Vi ser gjerne at leverandører går sammen.'],
  ['nn', 'Været er fint. Det skal vere ei pakke.', 'Det skal vere ei pakke.'],
  ['en', 'It rains. No single supplier has all of it.', 'No single supplier has all of it.'],
])("the buyer's wish for several parts is cited (%s)", (_language, description, quote) => {
  const { severalParts } = wishesOf({ id: 'n', ownerId: 'o', title: 'T', description });
  expect(severalParts?.quote).toBe(quote);
  expect(description.slice(severalParts!.start, severalParts!.end)).toBe(quote);
});

test('a buyer that says nothing of the kind wishes nothing: working together with people is no wish for parts', () => {
  const description = 'Vi vil ha en robot som kan vaske gulv. Den prøves ut sammen med ansatte.';
  expect(wishesOf({ id: 'n', ownerId: 'o', title: 'Robot', description })).toEqual({
    severalParts: undefined,
    oneResponsible: undefined,
    relationalContract: undefined,
  });
});
