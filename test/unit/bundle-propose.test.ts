import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { adviceFor } from '../../src/domain/bundle/delivery.ts';
import { outcomeLabel } from '../../src/domain/bundle/labels.ts';
import { proposeBundles, type Proposal } from '../../src/domain/bundle/propose.ts';
import { systemsOf } from '../../src/domain/coverage/systems.ts';
import type { Member } from '../../src/domain/member.ts';
import type { Need } from '../../src/domain/need.ts';
import { toyGrams, toyMember, toyNeed } from '../support/toy-parties.ts';

const propose = (need: Partial<Need>, members: (Partial<Member> & { id: string })[], limit = 5) => {
  const asked = toyNeed({ id: 'n', ...need });
  const suppliers = members.map(toyMember);
  const context = { gramWeights: toyGrams([asked, ...suppliers]), systems: systemsOf(suppliers.map(({ doc }) => doc)) };
  return proposeBundles(asked, suppliers, context, limit);
};
const idsOf = ({ bundles }: Proposal) => bundles.map(({ members }) => members.map((member) => member.supplier.id));

const several = 'Leverandører inviteres til å gå sammen.';
const vask = 'Selvgående gulvvasker';
const sang = 'Allsang klokken fire';
const urter = 'Krydderhage innendørs';

test('suppliers of different parts are put together, each with the words that show it, and gaps are named', () => {
  const proposal = propose({ description: several, mustHave: [vask, sang, 'Teleportering'] }, [
    { id: 'a', offers: [vask] },
    { id: 'b', offers: [sang] },
    { id: 'c', offers: ['Regnskap'] },
  ]);
  expect([proposal.outcome, idsOf(proposal)]).toEqual(['bundles', [['a', 'b']]]);
  const [a, b] = proposal.bundles[0]!.members;
  expect([a!.covers, b!.covers, proposal.bundles[0]!.uncovered]).toEqual([[0], [1], [2]]);
  expect(a!.row.cells[0]!.evidence).toEqual({ field: 'offers[0]', start: 0, end: vask.length, quote: vask });
  expect(a!.row.cells[2]!.evidence).toBeUndefined();
});

test('where one supplier covers everything that anyone covers, it is the answer', () => {
  const proposal = propose({ description: several, mustHave: [vask, sang] }, [
    { id: 'a', offers: [vask] },
    { id: 'both', offers: [vask, sang] },
    { id: 'b', offers: [sang] },
  ]);
  expect([proposal.outcome, proposal.bundles]).toEqual(['one-covers-all', []]);
  expect(proposal.single?.supplier.id).toBe('both');
  expect(outcomeLabel(proposal, 'en')).toMatch(/everything that any supplier here covers\. A joint bid/u);
});

test('the words say how many must-haves nobody covers, and how many only suppliers that are not the answer', () => {
  const proposal = propose({ description: several, mustHave: [vask, 'Teleportering', 'ISO 27001'] }, [
    { id: 'a', offers: [vask] },
    { id: 'b', offers: [urter], certifications: ['ISO 27001'] },
  ]);
  expect([proposal.outcome, proposal.single?.supplier.id]).toEqual(['one-covers-all', 'a']);
  const said = outcomeLabel(proposal, 'nb');
  expect(said).toMatch(/alle deler av leveransen/u);
  expect(said).toMatch(/1 av 3 krav dekkes bare av andre leverandører\. 1 av 3 krav dekkes ikke fullt ut av noen\./u);
});

test('what is asked of every supplier is no reason to bring one in', () => {
  const proposal = propose({ description: several, mustHave: [vask, 'ISO 27001', 'Nynorsk', 'Pris per rom'] }, [
    { id: 'a', offers: [vask] },
    { id: 'b', offers: ['Språkvask på nynorsk', 'Pris per rom'], certifications: ['ISO 27001'] },
  ]);
  expect([proposal.outcome, proposal.single?.supplier.id]).toEqual(['one-covers-all', 'a']);
});

test('a missing certificate is an uncovered requirement, a pending one partly covered, and neither closes the door', () => {
  const proposal = propose({ description: several, mustHave: [vask, sang, 'ISO 27001'] }, [
    { id: 'a', offers: [vask], certifications: ['ISO 27001 (søkt)'] },
    { id: 'b', offers: [sang] },
  ]);
  const [a, b] = proposal.bundles[0]!.members;
  expect([a!.row.cells[2]!.certificate, b!.row.cells[2]!.certificate]).toEqual(['pending', 'missing']);
  expect([a!.partly, b!.partly, proposal.bundles[0]!.uncovered]).toEqual([[2], [], []]);
});

test('an integrator joins for a system by name only where no product in the bundle is connected to it', () => {
  const need = { description: several, mustHave: [vask, sang, 'Integrasjon mot Arkivet'] };
  const integrator = { id: 'i', kind: 'integrator' as const, offers: ['Integrasjon'], integrations: ['Arkivet'] };
  const without = [{ id: 'a', offers: [vask] }, { id: 'b', offers: [sang] }, integrator];
  expect(idsOf(propose(need, without))[0]).toEqual(['a', 'b', 'i']);
  const connected = [{ id: 'a', offers: [vask], integrations: ['Arkivet'] }, { id: 'b', offers: [sang] }, integrator];
  expect(idsOf(propose(need, connected))[0]).toEqual(['a', 'b']);
});

test('a party that answers for the whole is brought in where the need asks for one', () => {
  const proposal = propose({ mustHave: [vask, sang, 'Én ansvarlig for alt'] }, [
    { id: 'a', offers: [vask] },
    { id: 'b', offers: [sang] },
    { id: 'i', kind: 'integrator', offers: ['Totalentreprise med egne montører'] },
  ]);
  expect(idsOf(proposal)[0]).toEqual(['a', 'b', 'i']);
});

test('declared competitors never stand in one bundle, whoever declared it', () => {
  const members = (declared: Partial<Member>[]) => [
    { id: 'a', offers: [vask], ...declared[0] },
    { id: 'b', offers: [sang], ...declared[1] },
  ];
  const need = { description: several, mustHave: [vask, sang] };
  expect(idsOf(propose(need, members([{}, {}])))).toEqual([['a', 'b']]);
  expect(idsOf(propose(need, members([{ competesWith: ['b'] }, {}])))).toEqual([]);
  expect(idsOf(propose(need, members([{}, { competesWith: ['a'] }])))).toEqual([]);
});

test('of two equal suppliers the one that is integrated with the other member is preferred', () => {
  const proposal = propose({ description: several, mustHave: [vask, sang] }, [
    { id: 'a', name: 'Gulvglans AS', offers: [vask] },
    { id: 'b', name: 'Syngespill AS', offers: [sang] },
    { id: 'c', name: 'Korklang AS', offers: [sang], integrations: ['Gulvglans API'] },
  ]);
  expect(idsOf(proposal)[0]).toEqual(['a', 'c']);
  expect(proposal.bundles[0]!.links[0]?.link).toMatchObject({ kind: 'names-the-other', memberId: 'c' });
});

describe('one part more', () => {
  const members = [
    { id: 'a', offers: [vask, sang] },
    { id: 'b', offers: [urter] },
  ];
  const mustHave = [vask, sang, urter];
  test('is too little where the buyer does not ask for several parts', () => {
    const proposal = propose({ mustHave }, members);
    expect([proposal.outcome, proposal.single?.supplier.id]).toEqual(['small-gain', 'a']);
  });
  test('is enough where it does', () => {
    expect(propose({ mustHave, description: several }, members).outcome).toBe('bundles');
  });
  test('is enough where it is half of the need', () => {
    expect(propose({ mustHave: [vask, urter] }, members).outcome).toBe('bundles');
  });
});

test('a need without must-haves, and a cluster without suppliers, have nobody', () => {
  expect(propose({}, [{ id: 'a', offers: [vask] }]).outcome).toBe('nobody');
  expect(propose({ mustHave: [vask] }, []).outcome).toBe('nobody');
});

const words = ['Alger', 'Bjeller', 'Citronmynte', 'Drager', 'Elfenben'];
interface Cluster {
  mustHave: string[];
  severalWanted: boolean;
  members: { offers: string[]; rivals: string[] }[];
}
const anyCluster: fc.Arbitrary<Cluster> = fc.record({
  mustHave: fc.subarray(words, { minLength: 1 }),
  severalWanted: fc.boolean(),
  members: fc.array(
    fc.record({ offers: fc.subarray(words, { maxLength: 3 }), rivals: fc.subarray(['0', '1', '2', '3', '4', '5']) }),
    { maxLength: 6 },
  ),
});
const proposalFor = ({ mustHave, severalWanted, members }: Cluster) =>
  propose(
    { mustHave, ...(severalWanted ? { description: several } : {}) },
    members.map(({ offers, rivals }, i) => ({
      id: String(i),
      offers,
      competesWith: rivals.filter((id) => id !== String(i)),
    })),
  );

test('no bundle is ever proposed where one supplier covers everything that anyone covers even partly', () => {
  fc.assert(
    fc.property(anyCluster, (cluster) => {
      const { matrix, bundles } = proposalFor(cluster);
      const touched = matrix.musts.filter(({ index }) => matrix.rows.some((row) => row.cells[index]!.state !== 'not'));
      const dominates = matrix.rows.some((row) => touched.every(({ index }) => row.cells[index]!.state === 'covered'));
      if (dominates) expect(bundles).toEqual([]);
    }),
  );
});

test('every bundle has two to four members, none a rival, none without a must-have of its own, and names its gaps', () => {
  let seen = 0;
  fc.assert(
    fc.property(anyCluster, (cluster) => {
      for (const { members, uncovered } of proposalFor(cluster).bundles) {
        seen++;
        expect([2, 3, 4]).toContain(members.length);
        for (const { supplier, alone } of members) {
          expect(alone.length).toBeGreaterThan(0);
          for (const other of members) expect(supplier.doc.competesWith).not.toContain(other.supplier.id);
        }
        const covered = new Set(members.flatMap(({ covers, partly }) => [...covers, ...partly]));
        expect(uncovered).toEqual(cluster.mustHave.flatMap((_, index) => (covered.has(index) ? [] : [index])));
      }
    }),
  );
  expect(seen).toBeGreaterThan(0);
});

describe('advice', () => {
  const adviceOn = (
    need: Partial<Need>,
    owner: Partial<Member>,
    phases: Member['phase'][] = ['scaling', 'scaling'],
  ) => {
    const proposal = propose({ description: several, mustHave: [vask, sang], ...need }, [
      { id: 'a', offers: [vask], phase: phases[0], employees: 5 },
      { id: 'b', offers: [sang], phase: phases[1], employees: 50 },
    ]);
    const asked = { id: 'n', ownerId: 'o', title: 'n', description: several, ...need };
    const buyer: Member = { id: 'o', kind: 'municipality', name: 'O', ...owner };
    return adviceFor(asked, buyer, proposal.bundles[0]!, proposal.matrix, proposal.wishes);
  };

  test('a competent buyer of standard parts integrates them itself, under a standard contract', () => {
    const { delivery, contract } = adviceOn({ procurementRoute: 'framework' }, { kind: 'hospital' });
    expect([delivery.model, delivery.lead, contract.type]).toEqual(['customer-integration', undefined, 'standard']);
    expect(delivery.reasons[0]).toEqual({
      code: 'buyer-can-integrate',
      side: 'owner',
      id: 'o',
      field: 'kind',
      value: 'hospital',
    });
    expect(contract.reasons[0]).toMatchObject({ code: 'clear-route', value: 'framework' });
  });

  test('parts that have to work together call for a prime contractor, the one that can carry it named', () => {
    const { delivery } = adviceOn({ mustHave: [vask, sang, 'Integrasjon mellom delene'] }, { kind: 'hospital' });
    expect([delivery.model, delivery.lead?.id]).toEqual(['prime-contractor', 'b']);
    expect(delivery.lead?.reasons).toMatchObject([{ code: 'lead-size', id: 'b', field: 'employees', value: 50 }]);
    expect(delivery.reasons[0]).toMatchObject({ code: 'parts-connect', field: 'mustHave[2]' });
  });

  test('a buyer without competence is advised a prime contractor', () => {
    const { delivery } = adviceOn({ procurementRoute: 'framework' }, { offers: ['Kaffe'] });
    expect(delivery.reasons).toEqual([
      { code: 'buyer-cannot-integrate', side: 'owner', id: 'o', field: 'offers', value: ['Kaffe'] },
    ]);
  });

  test('an uncertain need whose parts depend on each other calls for a relational contract', () => {
    const mustHave = [vask, sang, 'Integrasjon mellom delene'];
    const uncertain = adviceOn({ mustHave, procurementRoute: 'innovation-partnership' }, {});
    expect(uncertain.contract.type).toBe('relational');
    expect(uncertain.contract.reasons.map(({ code }) => code)).toEqual(['early-route', 'parts-connect']);
    expect(adviceOn({ mustHave, procurementRoute: 'framework' }, {}).contract.type).toBe('standard');
    expect(adviceOn({ mustHave, procurementRoute: 'framework' }, {}, ['testing', 'scaling']).contract.type).toBe(
      'relational',
    );
  });

  test('who lacks a certificate that the need demands does not lead before one who shows it', () => {
    const mustHave = [vask, sang, 'CE-merking'];
    const { bundles, matrix, wishes } = propose({ description: several, mustHave }, [
      { id: 'a', offers: [vask], certifications: ['CE-merking'], employees: 5 },
      { id: 'b', kind: 'integrator', offers: [sang], certifications: ['ISO 27001'], employees: 50 },
    ]);
    const need = { id: 'n', ownerId: 'o', title: 'n', description: several, mustHave };
    const { delivery } = adviceFor(need, undefined, bundles[0]!, matrix, wishes);
    expect(delivery.lead).toMatchObject({ id: 'a', reasons: [{ code: 'lead-certificate', value: 'CE-merking' }] });
    expect(delivery.reasons.map(({ code }) => code)).toEqual(['buyer-cannot-integrate']);
  });

  test('a standard contract that nothing calls for says so', () => {
    const codes = (...phases: Member['phase'][]) =>
      adviceOn({}, { kind: 'hospital' }, phases).contract.reasons.map(({ code }) => code);
    expect(codes(undefined, undefined)).toEqual(['nothing-uncertain']);
    expect(codes('testing', undefined)).toEqual(['nothing-connects']);
  });

  test('a buyer that asks for a relational contract is cited', () => {
    const description = `${several} Vi ønsker en relasjonskontrakt.`;
    const { contract } = adviceOn({ description, procurementRoute: 'framework' }, {});
    expect(contract).toMatchObject({
      type: 'relational',
      reasons: [{ code: 'asks-relational', field: 'description', value: 'Vi ønsker en relasjonskontrakt.' }],
    });
  });
});
