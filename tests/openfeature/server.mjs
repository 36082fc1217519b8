// SPDX-License-Identifier: GPL-3.0-or-later
// What the server SDK makes of each flag of ASK, [[flag, type, default, context], ..], as JSON: a
// list of evaluation details. HEADERS is a list of [name, value]; GOAL is hit, if there is one.
import { OpenFeature } from '@openfeature/server-sdk';
import { OFREPProvider } from '@openfeature/ofrep-provider';
import { assayFor } from './assay-openfeature.js';

const { BASE, ASK, HEADERS, GOAL, KEY, WHO } = process.env;
const assay = assayFor({ url: BASE, key: KEY });
const provider = new OFREPProvider({ baseUrl: BASE, headers: JSON.parse(HEADERS) });
await OpenFeature.setProviderAndWait(assay.tracking(provider));
OpenFeature.addHooks(assay.exposure);
const client = OpenFeature.getClient();
const said = [];
for (const [flag, type, unset, context] of JSON.parse(ASK)) {
  said.push(await client[`get${type}Details`](flag, unset, context));
}
if (GOAL) {
  client.track(GOAL, { targetingKey: WHO }, { value: 3 });
}
await assay.settled();
console.log(JSON.stringify(said));
