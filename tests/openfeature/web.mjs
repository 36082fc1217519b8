// SPDX-License-Identifier: GPL-3.0-or-later
// What the web SDK makes of the flags of ASK, [[flag, type, default], ..], for the subject of
// CONTEXT: as JSON, the evaluation details twice, with a refresh between; and the statuses that the
// requests for all flags had. GOAL is hit, if there is one.
import { OpenFeature } from '@openfeature/web-sdk';
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider';
import { assayFor } from './assay-openfeature.js';

const { BASE, ASK, CONTEXT, GOAL, KEY, AGENT } = process.env;
const context = JSON.parse(CONTEXT);
const statuses = [];
const assay = assayFor({ url: BASE, key: KEY });
const provider = new OFREPWebProvider({
  baseUrl: BASE,
  headers: [['Authorization', KEY], ['User-Agent', AGENT ?? 'a test']],
  fetchImplementation: async (...request) => {
    const answer = await fetch(...request);
    statuses.push(answer.status);
    return answer;
  },
});
await OpenFeature.setContext(context);
await OpenFeature.setProviderAndWait(assay.tracking(provider));
OpenFeature.addHooks(assay.exposure);
const client = OpenFeature.getClient();
const evaluate = () => JSON.parse(ASK).map(
  ([flag, type, unset]) => client[`get${type}Details`](flag, unset));
const first = [evaluate(), evaluate()][0];
await assay.settled();
const used = statuses.length;
await OpenFeature.setContext({ ...context });
await OpenFeature.setContext({ ...context });
const second = evaluate();
if (GOAL) {
  client.track(GOAL, { value: 3 });
}
await assay.settled();
console.log(JSON.stringify({ first, second, statuses, used }));
process.exit(0);
