import type { FieldValue, Org, Row } from './org.ts';
import { recordId } from './recordId.ts';
import { salesforceTime } from './salesforceTime.ts';
import { findObject, type ObjectDefinition } from './schema.ts';

/**
 * Fills an org with a believable year of a tool maker's sales and support. Every date is relative to the org's clock,
 * so that something is always due today and something always closed last month.
 */
export function fillOrg(org: Org): void {
  const day = (offset: number): string => time(offset).slice(0, 10);
  const time = (offset: number, clock = '09:00'): string => {
    const date = new Date(org.now().getTime() + offset * 86_400_000);
    return salesforceTime(new Date(`${date.toISOString().slice(0, 10)}T${clock}:00.000Z`));
  };
  const integrationUser = recordId('005', 1);
  const add = (objectType: string, created: number, values: Record<string, FieldValue | undefined>): string => {
    const at = time(created, '08:30');
    const given = Object.entries(values).filter((entry): entry is [string, FieldValue] => entry[1] !== undefined);
    const stamps = { CreatedDate: at, LastModifiedDate: at, SystemModstamp: at };
    return org.insert(objectNamed(objectType), { ...stamps, ...Object.fromEntries(given) }, integrationUser).Id;
  };

  const user = (FirstName: string, LastName: string, Title: string, Department: string, more: Partial<Row> = {}) => {
    const local = `${FirstName}.${LastName}`.toLowerCase();
    return add('User', -900, {
      FirstName,
      LastName,
      Title,
      Department,
      Username: `${local}@example.com`,
      Email: `${local}@example.com`,
      Alias: (FirstName.charAt(0) + LastName).toLowerCase().slice(0, 8),
      IsActive: true,
      UserType: 'Standard',
      TimeZoneSidKey: 'Europe/Berlin',
      ...more,
    });
  };
  user('Integration', 'User', 'Integration', 'IT', { Username: 'integration@example.com' });
  const ana = user('Ana', 'Ruiz', 'Sales Manager', 'Sales', { Phone: '+49 30 5550100' });
  const liWei = user('Li', 'Wei', 'Account Executive', 'Sales', { ManagerId: ana });
  const jonas = user('Jonas', 'Weber', 'Account Executive', 'Sales', { ManagerId: ana });
  const priya = user('Priya', 'Nair', 'Support Engineer', 'Support');
  const tom = user('Tom', 'Becker', 'Former Account Manager', 'Sales', { IsActive: false });

  const account = (
    Name: string,
    OwnerId: string,
    Industry: string,
    city: string,
    country: string,
    AnnualRevenue: number | null,
    more: Record<string, FieldValue> = {},
  ) =>
    add('Account', -700, {
      Name,
      OwnerId,
      Industry,
      AnnualRevenue,
      BillingCity: city,
      BillingCountry: country,
      Type: 'Customer - Direct',
      Phone: '+49 30 5550111',
      ...more,
    });
  const contoso = account('Contoso', liWei, 'Technology', 'Seattle', 'USA', 48_000_000, {
    Phone: '+1 206 555 0101',
    Website: 'https://contoso.example',
    NumberOfEmployees: 420,
    Rating: 'Hot',
    BillingStreet: '1 Market Street',
    BillingState: 'WA',
    BillingPostalCode: '98101',
    AccountNumber: 'C-1001',
    Description: 'Rolls our tools out to all its plants.\nAsks for quarterly reviews.',
  });
  const contosoEurope = account('Contoso Europe GmbH', jonas, 'Technology', 'Berlin', 'Germany', 9_500_000, {
    ParentId: contoso,
    Website: 'https://europe.contoso.example',
  });
  const darcy = account("D'Arcy & Sons", jonas, 'Retail', 'Cork', 'Ireland', 3_200_000, {
    Phone: '+353 21 555 0133',
    Website: 'https://darcy.example',
  });
  const zurich = account('Zürich Werkzeuge', ana, 'Manufacturing', 'Zürich', 'Switzerland', 21_000_000, {
    Phone: '+41 44 555 01 22',
    Website: 'https://werkzeuge.example',
    NumberOfEmployees: 180,
  });
  const aguila = account('Café Águila', liWei, 'Food & Beverage', 'Sevilla', 'Spain', 1_100_000, {
    Phone: '+34 955 550 144',
  });
  const fabrikam = account('Fabrikam, Inc.', jonas, 'Manufacturing', 'Chicago', 'USA', 130_000_000, { Rating: 'Warm' });
  const northwind = account('Northwind Traders', liWei, 'Food & Beverage', 'London', 'United Kingdom', 17_500_000);
  const quoted = account('The "Quiet" Room', ana, 'Consulting', 'Dublin', 'Ireland', null, { Type: 'Prospect' });
  const percent = account('100% Bio_Markt', jonas, 'Retail', 'Hamburg', 'Germany', 2_400_000);
  const tanaka = account('田中精機', liWei, 'Manufacturing', 'Osaka', 'Japan', 33_000_000, { Rating: 'Cold' });
  const oneil = account("O'Neil Healthcare", tom, 'Healthcare', 'Boston', 'USA', 75_000_000);
  const adventure = account('Adventure Works', ana, 'Retail', 'Austin', 'USA', 8_000_000, {
    Type: 'Customer - Channel',
  });

  const contact = (AccountId: string, FirstName: string | null, LastName: string, Title: string, domain: string) => {
    const local = [FirstName, LastName]
      .filter(Boolean)
      .join('.')
      .normalize('NFD')
      .replace(/[^a-zA-Z.]/g, '');
    const owner = org.find(AccountId)?.row.OwnerId;
    return add('Contact', -400, {
      AccountId,
      FirstName,
      LastName,
      Title,
      Email: `${local.toLowerCase()}@${domain}`,
      Phone: `+1 206 555 02${String(local.length).padStart(2, '0')}`,
      OwnerId: owner,
    });
  };
  const maria = contact(contoso, 'Maria', 'Olsen', 'Chief Operating Officer', 'contoso.example');
  const sam = contact(contoso, 'Sam', 'Peters', 'Head of Procurement', 'contoso.example');
  const ines = contact(contoso, 'Inês', 'Carvalho', 'Plant Manager', 'contoso.example');
  const doug = contact(contoso, 'Doug', 'Hart', 'IT Director', 'contoso.example');
  contact(contoso, 'Yuki', 'Mori', 'Buyer', 'contoso.example');
  const lena = contact(contosoEurope, 'Lena', 'Vogel', 'Managing Director', 'europe.contoso.example');
  contact(contosoEurope, 'Piotr', 'Nowak', 'Buyer', 'europe.contoso.example');
  const sean = contact(darcy, 'Seán', "D'Arcy", 'Owner', 'darcy.example');
  contact(darcy, 'Aoife', "D'Arcy", 'Finance Director', 'darcy.example');
  contact(darcy, 'Niall', 'Byrne', 'Shop Manager', 'darcy.example');
  const urs = contact(zurich, 'Urs', 'Müller', 'CEO', 'werkzeuge.example');
  const heidi = contact(zurich, 'Heidi', 'Frei', 'Head of Production', 'werkzeuge.example');
  contact(zurich, 'Beat', 'Zbinden', 'Purchasing', 'werkzeuge.example');
  const carmen = contact(aguila, 'Carmen', 'Águila', 'Owner', 'aguila.example');
  contact(aguila, 'José', 'Núñez', 'Head Barista', 'aguila.example');
  const frank = contact(fabrikam, 'Frank', 'Miller', 'VP Operations', 'fabrikam.example');
  contact(fabrikam, 'Grace', 'Hall', 'Quality Lead', 'fabrikam.example');
  contact(fabrikam, 'Omar', 'Haddad', 'Plant Engineer', 'fabrikam.example');
  const nancy = contact(northwind, 'Nancy', 'Davolio', 'Sales Director', 'northwind.example');
  contact(northwind, 'Andrew', 'Fuller', 'Vice President', 'northwind.example');
  contact(northwind, 'Laura', 'Callahan', 'Coordinator', 'northwind.example');
  contact(quoted, 'Ciara', 'Walsh', 'Partner', 'quiet.example');
  contact(percent, 'Björn', 'Petersen', 'Store Manager', 'biomarkt.example');
  contact(percent, 'Greta', 'Lund', 'Buyer', 'biomarkt.example');
  const tanakaKenji = contact(tanaka, '健二', '田中', 'President', 'tanaka.example');
  contact(tanaka, 'Aiko', 'Sato', 'Export Manager', 'tanaka.example');
  const kate = contact(oneil, 'Kate', "O'Neil", 'Chief Medical Officer', 'oneil.example');
  contact(oneil, 'Raj', 'Patel', 'IT Manager', 'oneil.example');
  const becky = contact(adventure, 'Becky', 'Stone', 'Category Manager', 'adventure.example');
  contact(adventure, null, 'Rossi', 'Store Lead', 'adventure.example');

  const opportunity = (
    AccountId: string,
    Name: string,
    StageName: string,
    Amount: number | null,
    closeIn: number,
    NextStep: string | null = null,
  ) =>
    add('Opportunity', Math.min(closeIn, 0) - 60, {
      AccountId,
      Name,
      StageName,
      Amount,
      NextStep,
      CloseDate: day(closeIn),
      OwnerId: org.find(AccountId)?.row.OwnerId,
      Type: closeIn % 2 === 0 ? 'New Business' : 'Existing Business',
      LeadSource: 'Partner Referral',
      Margin__c: Amount === null ? null : 10 + (Amount % 23),
    });
  const rollout = opportunity(
    contoso,
    'Contoso – plant rollout',
    'Negotiation/Review',
    240_000,
    21,
    'Send the revised quote',
  );
  const licences = opportunity(
    contoso,
    'Contoso – licences 2027',
    'Proposal/Price Quote',
    86_000,
    45,
    'Demo for procurement',
  );
  opportunity(contoso, 'Contoso – training', 'Prospecting', 12_500.5, 80);
  opportunity(contoso, 'Contoso – pilot', 'Closed Won', 35_000, -120);
  opportunity(contoso, 'Contoso – spare parts', 'Closed Lost', 18_000, -40);
  const berlin = opportunity(
    contosoEurope,
    'Contoso Europe – Berlin line',
    'Needs Analysis',
    64_000,
    60,
    'Visit the plant',
  );
  opportunity(contosoEurope, 'Contoso Europe – service plan', 'Closed Won', 22_000, -15);
  const tills = opportunity(darcy, "D'Arcy – new tills", 'Qualification', 9_800, 30, 'Call Seán back');
  opportunity(darcy, "D'Arcy – winter stock", 'Proposal/Price Quote', 14_200, -5, 'Overdue: ask for a decision');
  opportunity(darcy, "D'Arcy – summer stock", 'Closed Won', 11_900, -150);
  const presses = opportunity(
    zurich,
    'Zürich – hydraulic presses',
    'Negotiation/Review',
    410_000,
    10,
    'Contract with legal',
  );
  opportunity(zurich, 'Zürich – calibration', 'Needs Analysis', 28_000, 90);
  opportunity(zurich, 'Zürich – drills', 'Closed Won', 150_000, -200);
  opportunity(zurich, 'Zürich – retrofit', 'Closed Lost', 95_000, -75);
  const espresso = opportunity(aguila, 'Águila – espresso machines', 'Proposal/Price Quote', 7_400, 14);
  opportunity(aguila, 'Águila – second shop', 'Prospecting', null, 120);
  const robots = opportunity(
    fabrikam,
    'Fabrikam – robot arms',
    'Negotiation/Review',
    1_250_000,
    35,
    'Board meets next week',
  );
  opportunity(fabrikam, 'Fabrikam – safety audit', 'Qualification', 19_000, 50);
  opportunity(fabrikam, 'Fabrikam – conveyor', 'Closed Won', 330_000, -30);
  opportunity(fabrikam, 'Fabrikam – welding cell', 'Closed Lost', 270_000, -95);
  const coldChain = opportunity(northwind, 'Northwind – cold chain', 'Needs Analysis', 128_000, 70);
  opportunity(northwind, 'Northwind – labels', 'Proposal/Price Quote', 6_300, 7);
  opportunity(northwind, 'Northwind – scanners', 'Closed Won', 41_000, -60);
  opportunity(northwind, 'Northwind – archive', 'Closed Lost', 5_000, -180);
  opportunity(quoted, '"Quiet" – acoustic panels', 'Prospecting', 16_000, 100);
  opportunity(percent, '100% Bio – shelf labels', 'Qualification', 4_900, 25);
  opportunity(percent, '100% Bio – scales', 'Closed Won', 8_700, -20);
  const lathes = opportunity(tanaka, '田中 – lathes', 'Needs Analysis', 520_000, 110);
  opportunity(tanaka, '田中 – tooling', 'Proposal/Price Quote', 73_000, 40);
  opportunity(tanaka, '田中 – spindles', 'Closed Won', 99_000, -10);
  const wards = opportunity(oneil, "O'Neil – ward tablets", 'Qualification', 210_000, 55);
  opportunity(oneil, "O'Neil – cleaning robots", 'Closed Lost', 140_000, -300);
  opportunity(adventure, 'Adventure – bike racks', 'Prospecting', 23_500, 65);
  opportunity(adventure, 'Adventure – displays', 'Negotiation/Review', 31_000, 0, 'Signature expected today');
  opportunity(adventure, 'Adventure – signage', 'Closed Won', 12_000, -365);

  const supportCase = (
    ContactId: string,
    Subject: string,
    Status: string,
    Priority: string,
    openedDaysAgo: number,
    closedDaysAgo?: number,
  ) =>
    add('Case', -openedDaysAgo, {
      ContactId,
      AccountId: org.find(ContactId)?.row.AccountId,
      Subject,
      Status,
      Priority,
      Origin: openedDaysAgo % 2 === 0 ? 'Email' : 'Phone',
      Type: Priority === 'High' ? 'Problem' : 'Question',
      IsEscalated: Status === 'Escalated',
      OwnerId: priya,
      ClosedDate: closedDaysAgo === undefined ? undefined : time(-closedDaysAgo, '16:00'),
    });
  const press = supportCase(ines, 'Press stops after ten minutes', 'Escalated', 'High', 2);
  const invoice = supportCase(sam, 'Invoice 4711 shows the wrong VAT', 'Working', 'Medium', 6);
  supportCase(doug, 'Sign-in loop after password change', 'Waiting on Customer', 'High', 9);
  supportCase(maria, 'How do we add a second plant?', 'Closed', 'Low', 40, 38);
  supportCase(doug, 'Export lacks the cost centre', 'Closed', 'Medium', 75, 70);
  supportCase(lena, 'Manual in German is missing', 'New', 'Low', 1);
  supportCase(sean, 'Till won\'t print the "½ price" label', 'New', 'High', 0);
  supportCase(sean, 'Delivery came a day late', 'Closed', 'Low', 20, 19);
  supportCase(heidi, 'Calibration drifts by 5 %', 'Working', 'High', 4);
  supportCase(urs, 'Second maintenance contract?', 'Closed', 'Low', 90, 88);
  supportCase(carmen, 'Machine leaks', 'Working', 'High', 3);
  supportCase(carmen, 'Need a copy of the warranty', 'Closed', 'Low', 33, 33);
  supportCase(frank, 'Emergency stop test failed', 'Escalated', 'High', 1);
  supportCase(frank, 'Update changes the layout', 'Waiting on Customer', 'Medium', 12);
  supportCase(nancy, 'Labels fade in the cold', 'Working', 'Medium', 8);
  supportCase(nancy, 'Add two users', 'Closed', 'Low', 15, 14);
  supportCase(tanakaKenji, '納期の確認', 'New', 'Medium', 2);
  supportCase(kate, 'Tablet battery swells', 'Escalated', 'High', 5);
  supportCase(kate, 'Data export for the audit', 'Closed', 'Medium', 60, 52);
  supportCase(becky, 'Wrong size delivered', 'New', 'Medium', 3);

  const lead = (
    FirstName: string,
    LastName: string,
    Company: string,
    Status: string,
    OwnerId: string,
    ageInDays: number,
    more: Record<string, FieldValue> = {},
  ) => {
    const local = `${FirstName}.${LastName}`
      .normalize('NFD')
      .replace(/[^a-zA-Z.]/g, '')
      .toLowerCase();
    return add('Lead', -ageInDays, {
      FirstName,
      LastName,
      Company,
      Status,
      OwnerId,
      Email: `${local}@prospect.example`,
      Phone: `+1 312 555 01${String(ageInDays).padStart(2, '0').slice(-2)}`,
      LeadSource: 'Web',
      Rating: 'Warm',
      ...more,
    });
  };
  const bertha = lead('Bertha', 'Boxer', 'Farmers Coop of Florida', 'Working - Contacted', liWei, 12, {
    Rating: 'Hot',
  });
  const philippa = lead('Philippa', "O'Hara", "O'Hara Interiors", 'Open - Not Contacted', jonas, 3);
  lead('Søren', 'Kjær', 'Ærø Værft', 'Working - Contacted', jonas, 25, { Industry: 'Manufacturing', City: 'Marstal' });
  lead('Chloé', 'Dubois', 'Boulangerie Dubois', 'Open - Not Contacted', liWei, 1, { Industry: 'Food & Beverage' });
  lead('Kwame', 'Mensah', 'Accra Solar', 'Open - Not Contacted', ana, 6, { Country: 'Ghana', Title: 'Founder' });
  lead('Mike', 'Braund', 'Metropolitan Health Services', 'Closed - Not Converted', ana, 140, { Rating: 'Cold' });
  lead('Patricia', 'Feager', 'International Shipping Co.', 'Working - Contacted', liWei, 33);
  lead('Jeff', 'Glimpse', 'Jackson Controls', 'Closed - Converted', jonas, 210);
  lead('Violet', 'MacLeod', 'Emerson Transport', 'Open - Not Contacted', jonas, 9, { LeadSource: 'Trade Show' });
  lead('Andy', 'Young', 'Dickenson plc', 'Closed - Converted', liWei, 180);
  lead('Kristen', 'Akin', 'Aethna Home Products', 'Working - Contacted', ana, 48, { LeadSource: 'Phone Inquiry' });
  lead('Eva', 'Šimková', 'Brno Optika', 'Open - Not Contacted', ana, 2, { Website: 'https://optika.example' });

  const task = (
    Subject: string,
    OwnerId: string,
    WhatId: string | null,
    WhoId: string | null,
    dueIn: number,
    Status = dueIn < 0 ? 'Completed' : 'Not Started',
    TaskSubtype = 'Task',
  ) =>
    add('Task', Math.min(dueIn, 0) - 7, {
      Subject,
      OwnerId,
      WhatId,
      WhoId,
      Status,
      TaskSubtype,
      ActivityDate: day(dueIn),
      Priority: dueIn === 0 ? 'High' : 'Normal',
      CompletedDateTime: Status === 'Completed' ? time(dueIn, '17:00') : undefined,
    });
  task('Send the revised quote', liWei, rollout, maria, 2);
  task('Call: volume discount', liWei, rollout, sam, -3, 'Completed', 'Call');
  task('Email: delivery schedule', liWei, rollout, maria, -6, 'Completed', 'Email');
  task('Prepare the licence demo', liWei, licences, sam, 5, 'In Progress');
  task('Thank Maria for the plant visit', liWei, contoso, maria, -14);
  task('Check the press log', priya, press, ines, 0, 'In Progress');
  task('Correct invoice 4711', priya, invoice, sam, -1, 'Waiting on someone else');
  task('Visit the Berlin plant', jonas, berlin, lena, 12);
  task('Call Seán back', jonas, tills, sean, 1, 'Not Started', 'Call');
  task('Call: opening hours', jonas, darcy, sean, -9, 'Completed', 'Call');
  task('Contract to legal', ana, presses, urs, 0, 'In Progress');
  task('Email: press data sheet', ana, presses, heidi, -2, 'Completed', 'Email');
  task('Order the demo machine', liWei, espresso, carmen, 3);
  task('Board deck for robot arms', jonas, robots, frank, 4, 'In Progress');
  task('Call: financing', jonas, robots, frank, -8, 'Completed', 'Call');
  task('Temperature study', liWei, coldChain, nancy, 20);
  task('Email: samples', liWei, northwind, nancy, -11, 'Completed', 'Email');
  task('Translate the lathe offer', liWei, lathes, tanakaKenji, 9);
  task("Find a new owner for O'Neil", ana, wards, kate, -2, 'Not Started');
  task('Call: battery recall', priya, oneil, kate, -4, 'Completed', 'Call');
  task('First call', liWei, null, bertha, 1, 'Not Started', 'Call');
  task('Send the brochure', jonas, null, philippa, -1);
  task('Renew the partner agreement', ana, adventure, becky, 30, 'Deferred');
  task('Yearly review', ana, zurich, urs, -100);

  const event = (
    Subject: string,
    OwnerId: string,
    WhatId: string,
    WhoId: string,
    inDays: number,
    clock: string,
    minutes = 60,
  ) =>
    add('Event', Math.min(inDays, 0) - 10, {
      Subject,
      OwnerId,
      WhatId,
      WhoId,
      StartDateTime: time(inDays, clock),
      DurationInMinutes: minutes,
      Location: inDays % 2 === 0 ? 'Teams' : 'On site',
    });
  event('Quarterly review with Contoso', liWei, contoso, maria, 6, '13:00', 90);
  event('Plant tour', liWei, rollout, ines, -10, '08:00', 240);
  event('Price negotiation', liWei, rollout, sam, 1, '14:30');
  event('Licence demo', liWei, licences, doug, 8, '10:00');
  event('Kick-off Berlin', jonas, berlin, lena, 15, '09:00', 120);
  event('Shop visit', jonas, darcy, sean, -20, '11:00');
  event('Legal call', ana, presses, urs, 0, '15:00', 30);
  event('Factory acceptance test', ana, presses, heidi, 25, '07:30', 480);
  event('Tasting', liWei, espresso, carmen, 4, '16:00');
  event('Board presentation', jonas, robots, frank, 9, '17:00');
  event('Safety walk', jonas, fabrikam, frank, -33, '09:30', 120);
  event('Warehouse tour', liWei, coldChain, nancy, -5, '10:30', 90);
  event('Video call Osaka', liWei, lathes, tanakaKenji, 3, '06:00');
  event('Ward visit', ana, wards, kate, 11, '12:00');
  event('Trade fair dinner', ana, adventure, becky, -45, '18:30', 150);
  event('Summer planning', ana, adventure, becky, 40, '10:00');

  for (const activity of ['Task', 'Event'].flatMap(name => org.rows(objectNamed(name)))) {
    const held = String(activity.ActivityDate) <= day(0);
    for (const id of new Set([activity.AccountId, activity.WhatId, activity.WhoId])) {
      const about = org.find(id)?.row;
      if (!held || !about || !('LastActivityDate' in about)) continue;
      if (String(about.LastActivityDate ?? '') < String(activity.ActivityDate)) {
        about.LastActivityDate = activity.ActivityDate ?? null;
      }
    }
  }

  const project = (Name: string, values: Record<string, FieldValue>) => add('Project__c', -90, { Name, ...values });
  project('Contoso plant rollout', {
    Account__c: contoso,
    Sponsor__c: maria,
    Phase__c: 'Build',
    Regions__c: 'AMER;EMEA',
    Budget__c: 250_000,
    Spent__c: 90_500,
    Go_Live__c: day(75),
    OwnerId: liWei,
  });
  project('Zürich press hall', {
    Account__c: zurich,
    Sponsor__c: urs,
    Phase__c: 'Discovery',
    Regions__c: 'EMEA',
    Budget__c: 400_000,
    Go_Live__c: day(160),
    At_Risk__c: true,
    Notes__c: 'Waits for the building permit.',
    OwnerId: ana,
  });
  project("D'Arcy tills", {
    Account__c: darcy,
    Phase__c: 'Done',
    Regions__c: 'EMEA',
    Budget__c: 15_000,
    Spent__c: 14_100,
    Go_Live__c: day(-30),
    OwnerId: jonas,
  });
}

function objectNamed(name: string): ObjectDefinition {
  const object = findObject(name);
  if (!object) throw new Error(`The sandbox has no object ${name}.`);
  return object;
}
