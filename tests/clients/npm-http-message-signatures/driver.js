// One request signed by http-message-signatures, unmodified, in the dialect that DIALECT names: RFC 9421 (`rfc9421`, with
// a nonce) or draft-cavage (`cavage-12`, in the field `Signature`). Arguments: METHOD TARGET [BODY]. Prints one line of
// JSON and exits 0 whatever the answer; anything else means that nothing was sent. The credential comes by environment only.
'use strict';

const crypto = require('crypto');
const http = require('http');
const { cavage, createSigner, httpbis } = require('http-message-signatures');

const { BASE_URL, KEY, SECRET, DIALECT } = process.env;
const [method, target, body] = process.argv.slice(2);

const key = createSigner(SECRET, 'hmac-sha256', KEY);
const { hostname, port, host } = new URL(BASE_URL);
const digest = body === undefined ? undefined : crypto.createHash('sha256').update(body).digest('base64');

const dialects = {
    rfc9421() {
        const message = { method, url: BASE_URL + target, headers: { host } };
        const fields = ['@method', '@authority', '@path', '@query'];
        if (body !== undefined) {
            message.headers['content-type'] = 'application/json';
            message.headers['content-digest'] = `sha-256=:${digest}:`;
            fields.push('content-digest', 'content-type');
        }
        return httpbis.signMessage({
            key,
            name: 'sig1',
            fields,
            params: ['created', 'expires', 'nonce', 'keyid', 'alg'],
            paramValues: { nonce: crypto.randomUUID() },
        }, message);
    },
    // It can't cover `(created)` and `(expires)`, though it sends both by default: the signed date is what counts.
    'cavage-12'() {
        const message = { method, url: BASE_URL + target, headers: { host, date: new Date().toUTCString() } };
        const fields = ['@request-target', 'host', 'date'];
        if (body !== undefined) {
            message.headers.digest = `SHA-256=${digest}`;
            fields.push('digest');
        }
        return cavage.signMessage({ key, fields }, message);
    },
};

if (!Object.hasOwn(dialects, DIALECT)) {
    throw new Error(`DIALECT is one of ${Object.keys(dialects).join(', ')}`);
}

dialects[DIALECT]().then(({ headers }) => {
    if (body !== undefined) {
        headers['content-length'] = Buffer.byteLength(body);
    }
    const request = http.request({ hostname, port, method, path: target, headers });
    request.on('response', response => {
        console.log(JSON.stringify({ status: response.statusCode, sent: headers }));
        response.resume();
    });
    request.on('error', error => {
        console.error(`no answer from ${BASE_URL}: ${error.message}`);
        process.exitCode = 1;
    });
    request.end(body);
});
