"""A service that lets requests in by djangorestframework-api-key, as its guide has it, and the maker of its keys.

    DATABASE=… python service.py seed KEYS REVOKED    makes keys by the library's own generator, in bulk, and prints them
    DATABASE=… gunicorn service:application

Without middleware, authentication and other renderers, and with connections to SQLite that are kept: faster than Django's default.
"""

import logging
import os
import sys

import django
from django.conf import settings

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ["DATABASE"],
            "CONN_MAX_AGE": None,
            "OPTIONS": {"timeout": 5, "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"},
        }
    },
    INSTALLED_APPS=["rest_framework", "rest_framework_api_key"],
    LOGGING_CONFIG=None,
    MIDDLEWARE=[],
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "DEFAULT_PARSER_CLASSES": [],
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework_api_key.permissions.HasAPIKey"],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "UNAUTHENTICATED_USER": None,
    },
    ROOT_URLCONF="service",
    SECRET_KEY="of this measurement only",
    USE_TZ=True,
)
django.setup()
# Every refusal would be a line of the log.
logging.disable(logging.CRITICAL)

from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework.permissions import AllowAny  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402
from rest_framework_api_key.models import APIKey  # noqa: E402


class Verify(APIView):
    def get(self, request):
        return Response({"valid": True})


class Create(APIView):
    permission_classes = [AllowAny]

    def post(self, request):
        made, key = APIKey.objects.create_key(name="Benchmark")
        return Response({"id": made.prefix, "key": key})


class Revoke(APIView):
    permission_classes = [AllowAny]

    def post(self, request, prefix):
        key = APIKey.objects.get(prefix=prefix)
        key.revoked = True
        key.save()
        return Response({"revoked": True})


urlpatterns = [
    path("verify", Verify.as_view()),
    path("create", Create.as_view()),
    path("revoke/<prefix>", Revoke.as_view()),
]
application = get_wsgi_application()


def seed(count, revoked):
    call_command("migrate", verbosity=0)
    made = []
    for number in range(count):
        key = APIKey(name="Benchmark", revoked=number < revoked)
        made.append((key, APIKey.objects.assign_key(key)))
    APIKey.objects.bulk_create([key for key, _ in made], batch_size=500)
    for key, secret in made:
        print("revoked" if key.revoked else "valid", secret)


if __name__ == "__main__":
    seed(int(sys.argv[2]), int(sys.argv[3]))
