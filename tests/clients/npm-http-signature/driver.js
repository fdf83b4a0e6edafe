// One request signed by http-signature, unmodified: draft-cavage in the Authorization field, a digest of the body in
// `Digest`. Arguments: METHOD TARGET [BODY]. Prints one line of JSON and exits 0 whatever the answer; anything else means
// that nothing was sent. The credential comes by environment only.
'use strict';

const crypto = require('crypto');
const http = require('http');
const httpSignature = require('http-signature');

const { BASE_URL, KEY, SECRET } = process.env;
const [method, target, body] = process.argv.slice(2);

const { hostname, port, host } = new URL(BASE_URL);
// The target as it is: a URL object would tidy it, and the signature is over what is sent.
const request = http.request({ hostname, port, method, path: target, headers: { host } });
const covered = ['(request-target)', 'host', 'date'];
if (body !== undefined) {
    request.setHeader('Digest', 'SHA-256=' + crypto.createHash('sha256').update(body).digest('base64'));
    request.setHeader('Content-Length', Buffer.byteLength(body));
    covered.push('digest');
}
// It sets the date itself. Its `(created)` is left out: the draft forbids it beside an hmac-* algorithm.
httpSignature.signRequest(request, { keyId: KEY, key: SECRET, algorithm: 'hmac-sha256', headers: covered });

request.on('response', response => {
    const { authorization, date, digest } = request.getHeaders();
    console.log(JSON.stringify({ status: response.statusCode, sent: { authorization, date, digest } }));
    response.resume();
});
request.on('error', error => {
    console.error(`no answer from ${BASE_URL}: ${error.message}`);
    process.exitCode = 1;
});
request.end(body);
