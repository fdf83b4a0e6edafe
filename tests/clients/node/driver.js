// One call of the platform's own SDK for Node, unmodified, as its users write it. Prints one line of JSON and exits 0
// whatever the answer; anything else means that nothing was sent. The credential comes by environment only.
'use strict';

const sdk = require('messagemedia-messages-sdk');

const { BASE_URL, KEY, SECRET, AUTH } = process.env;
const operation = process.argv[2];
const messageId = '404b941b-2a29-469f-b114-9ea3e16bbe18';

sdk.Configuration.BASEURI = BASE_URL;
switch (AUTH) {
    case 'basic':
        sdk.Configuration.basicAuthUserName = KEY;
        sdk.Configuration.basicAuthPassword = SECRET;
        break;
    case 'hmac':
        sdk.Configuration.hmacAuthUserName = KEY;
        sdk.Configuration.hmacAuthPassword = SECRET;
        break;
    default:
        throw new Error('AUTH is basic or hmac');
}

function message(content) {
    const request = new sdk.SendMessagesRequest();
    request.messages = [new sdk.Message()];
    request.messages[0].content = content;
    request.messages[0].destinationNumber = '+61491570156';
    request.messages[0].format = sdk.FormatEnum.SMS;
    return request;
}

function confirmation() {
    const request = new sdk.ConfirmRepliesAsReceivedRequest();
    request.replyIds = ['011dcead-6988-4ad6-a1c7-6b6c68ea628d'];
    return request;
}

function cancellation() {
    const request = new sdk.CancelScheduledMessageRequest();
    request.status = 'cancelled';
    return request;
}

const operations = {
    'get-replies': answer => sdk.RepliesController.checkReplies(answer),
    'get-status': answer => sdk.MessagesController.getMessageStatus(messageId, answer),
    'post-confirm': answer => sdk.RepliesController.confirmRepliesAsReceived(confirmation(), answer),
    'post-send': answer => sdk.MessagesController.sendMessages(message('Hello World'), answer),
    'post-send-unicode': answer => sdk.MessagesController.sendMessages(message('Grüße 你好 🙂'), answer),
    'put-cancel': answer => sdk.MessagesController.cancelScheduledMessage(messageId, cancellation(), answer),
};

if (!Object.hasOwn(operations, operation)) {
    throw new Error(`the operation is one of ${Object.keys(operations).join(', ')}`);
}

operations[operation]((error, response, context) => {
    const status = context.response.statusCode;
    if (status === undefined) {
        console.error(`${operation}: the SDK got no answer from ${BASE_URL}`);
        process.exitCode = 1;
        return;
    }
    console.log(JSON.stringify({ operation, status, error: error ? error.errorMessage : null }));
}).catch(() => undefined); // The callback was told the same.
