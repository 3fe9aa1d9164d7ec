import { expect, test } from '@jest/globals';
import { asksForMoney } from '../../src/domain/match/partner-features.ts';

test.each([
  'Såkorn 9 mill til verktøy',
  'NOK 16m seed',
  'Kapital',
  'Series A lead',
  '12 MNOK fra noen som kan helse',
  'Investorer som tåler lang vei',
])('"%s" asks for money', (seek) => expect(asksForMoney(seek)).toBe(true));

test.each([
  'Fysioterapeuter når kommunen ikke har nok egne',
  'Partner for round-the-clock response',
  'A ward in the Capital Region',
  'Oppkjøpskandidater innen sensorikk',
  'Datasett med 5000 bilder',
])('"%s" asks for a partner', (seek) => expect(asksForMoney(seek)).toBe(false));
