// SPDX-License-Identifier: GPL-3.0-or-later
//
// What OpenFeature's remote evaluation leaves out: telling assay which flags were used, and goals.
// For the web and the server SDK. A copy of this file may live in an application.
//
//	const assay = assayFor({url: 'https://assay.example.org', key: clientKey});
//	await OpenFeature.setProviderAndWait(assay.tracking(new OFREPWebProvider({..})));
//	OpenFeature.addHooks(assay.exposure);
//	OpenFeature.getClient().track('form-sent');
//
// kind is what a targeting key names where the context does not say it: user, device or session.

const RESERVED = ['targetingKey', 'kind', 'signature', 'user_agent'];
const MOST = 10000; // uses that are remembered

export function assayFor({url, key, kind = 'user', fetch = globalThis.fetch}) {
  const base = url.replace(/\/+$/, '').replace(/\/v1$/, '');
  const told = new Set();
  const pending = new Set();

  const send = (path, body) => {
    const sent = fetch(`${base}/v1/${path}`, {
      method: 'POST',
      keepalive: true,
      headers: {'Authorization': `Bearer ${key}`, 'Content-Type': 'application/json'},
      body: JSON.stringify(body),
    }).then((answer) => answer.ok, () => false);
    pending.add(sent);
    return sent.finally(() => pending.delete(sent));
  };

  const subject = (context) => ({
    [`${context.kind ?? kind}_id`]: context.targetingKey,
    signature: context.signature,
  });

  const attributes = (context) => {
    const rest = Object.entries(context).filter(([name]) => !RESERVED.includes(name));
    return rest.length > 0 ? Object.fromEntries(rest) : undefined;
  };

  return {
    // A hook: the first use of a flag that was only looked at enrols the subject in what it saw.
    exposure: {
      after({context, flagKey}, {variant, flagMetadata}) {
        const use = JSON.stringify([flagKey, variant, context.kind, context.targetingKey]);
        if (flagMetadata.reason !== 'ENROLLED' || flagMetadata.enrolled !== false ||
            !context.targetingKey || told.has(use)) {
          return;
        }
        if (told.size >= MOST) {
          told.clear();
        }
        told.add(use);
        send(`experiment/${encodeURIComponent(flagKey)}/enroll`, {
          ...subject(context),
          attributes: flagMetadata.attributes === 'ignored' ? undefined : attributes(context),
          shown: variant,
        }).then((good) => good || told.delete(use));
      },
    },

    // The provider, with which client.track(name) hits the goal of that name. A whole number as
    // `value` is how often; `event_id` keeps a repeated call from counting twice.
    tracking(provider) {
      provider.track = (name, context, details = {}) => {
        if (context.targetingKey) {
          send(`goal/${encodeURIComponent(name)}`, {
            ...subject(context),
            count: Number.isInteger(details.value) && details.value > 0 ? details.value : undefined,
            event_id: details.event_id,
          });
        }
      };
      return provider;
    },

    // Waits for what is on its way, for programs that are about to end.
    settled: () => Promise.all(pending),
  };
}
