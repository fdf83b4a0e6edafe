"""One call of the platform's own SDK for Python, unmodified, as its users write it.

Prints one line of JSON and exits 0 whatever the answer; anything else means that nothing was sent. The credential comes
by environment only.
"""

import json
import os
import sys

from message_media_messages.configuration import Configuration
from message_media_messages.exceptions.api_exception import APIException
from message_media_messages.http.http_call_back import HttpCallBack
from message_media_messages.message_media_messages_client import MessageMediaMessagesClient
from message_media_messages.models.cancel_scheduled_message_request import CancelScheduledMessageRequest
from message_media_messages.models.confirm_replies_as_received_request import ConfirmRepliesAsReceivedRequest
from message_media_messages.models.format_enum import FormatEnum
from message_media_messages.models.message import Message
from message_media_messages.models.send_messages_request import SendMessagesRequest

MESSAGE_ID = "404b941b-2a29-469f-b114-9ea3e16bbe18"
USES_HMAC = {"basic": False, "hmac": True}


class Answer(HttpCallBack):
    """Remembers the status, which the SDK gives its callers only when it is an error."""

    status = None

    def on_before_request(self, request):
        pass

    def on_after_response(self, context):
        self.status = context.response.status_code


def message(content):
    return SendMessagesRequest(
        [Message(content=content, destination_number="+61491570156", format=FormatEnum.SMS)]
    )


OPERATIONS = {
    "get-replies": lambda client: client.replies.check_replies(),
    "get-status": lambda client: client.messages.get_message_status(MESSAGE_ID),
    "post-confirm": lambda client: client.replies.confirm_replies_as_received(
        ConfirmRepliesAsReceivedRequest(["011dcead-6988-4ad6-a1c7-6b6c68ea628d"])
    ),
    "post-send": lambda client: client.messages.send_messages(message("Hello World")),
    "post-send-unicode": lambda client: client.messages.send_messages(message("Grüße 你好 🙂")),
    "put-cancel": lambda client: client.messages.cancel_scheduled_message(
        MESSAGE_ID, CancelScheduledMessageRequest("cancelled")
    ),
}


def main():
    operation = sys.argv[1]
    Configuration.base_uri = os.environ["BASE_URL"]
    client = MessageMediaMessagesClient(
        os.environ["KEY"],
        os.environ["SECRET"],
        use_hmac_authentication=USES_HMAC[os.environ["AUTH"]],
    )
    answer = Answer()
    client.messages.http_call_back = answer
    client.replies.http_call_back = answer
    error = None
    try:
        OPERATIONS[operation](client)
    except APIException as refused:
        error = str(refused)
    print(json.dumps({"operation": operation, "status": answer.status, "error": error}))


main()
