"""`sam`, with stand-ins for the two authorizers that `sam local start-api` leaves out.

SAM runs Lambda authorizers, and lets every request of a JWT or IAM authorizer through: the function gets an event in which nobody was
authenticated. What API Gateway would have put there is put there here, for the tokens that `SAM_LOCAL_CALLERS` lists
(`{"Bearer …": {"jwt": {…}}}`). Nothing else of SAM is changed, and a request with another token or none is let through as before.
"""

import json
import os

from samcli.cli.main import cli
from samcli.local.apigw.local_apigw_service import LocalApigwService

CALLERS = json.loads(os.environ["SAM_LOCAL_CALLERS"])
event_of_sam = LocalApigwService._generate_lambda_event


def event_of_the_gateway(self, request, *route):
    event = event_of_sam(self, request, *route)
    established = CALLERS.get(request.headers.get("Authorization"))
    if established:
        event["requestContext"]["authorizer"] = established
    return event


LocalApigwService._generate_lambda_event = event_of_the_gateway
cli(prog_name="sam")
